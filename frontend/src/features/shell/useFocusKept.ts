import { onScopeDispose, type Ref } from 'vue'
import { putInPlace } from '@/ui/focus'

/** What stands where a node was taken out, else what stood before it, else what both were in. */
function inPlaceOf({ target, previousSibling }: MutationRecord): HTMLElement | null {
  const shown = (node: Node | null): node is HTMLElement => node instanceof HTMLElement && node.getAttribute('aria-hidden') !== 'true' && (node.checkVisibility?.() ?? true)
  for (let node = previousSibling ? previousSibling.nextSibling : target.firstChild; node; node = node.nextSibling) if (shown(node)) return node
  for (let node = previousSibling; node; node = node.previousSibling) if (shown(node)) return node
  return shown(target) ? target : null
}

const disabled = (node: Node | null) => node instanceof Element && node.matches(':disabled')
const nowhere = () => document.activeElement === document.body || document.activeElement === null

/**
 * What has the focus may be taken from the page: an item of a list with the button that removed it, a text with the
 * button that opened its form. The browser then has the focus nowhere; here it goes to what stands in the place, so that
 * a voice goes on there, and the next step by keyboard too. A button that cannot be pressed while its work is done gets
 * the focus back after it. Who moves the focus where it is wanted comes first, or afterwards (focusIsLost).
 */
export function useFocusKept(main: Ref<HTMLElement | null>): void {
  let last: Node | null = null
  const come = ({ target }: FocusEvent) => (last = target instanceof Node ? target : null)
  /** Somebody has left it, as by a click beside: nothing is lost then. */
  const left = () =>
    queueMicrotask(() => {
      if (last?.isConnected && !disabled(last) && nowhere()) last = null
    })
  function recover(records: MutationRecord[]): void {
    if (!last || !nowhere()) return
    const lost = last
    if (lost.isConnected) {
      if (!disabled(lost) && records.some(({ target }) => target === lost)) (lost as HTMLElement).focus({ preventScroll: true })
      return
    }
    const taken = records.find(({ target, removedNodes }) => target.isConnected && [...removedNodes].some((node) => node.contains(lost)))
    if (!taken) return
    const place = main.value?.contains(taken.target) && taken.previousSibling?.isConnected !== false ? inPlaceOf(taken) : main.value
    if (place) putInPlace(place)
  }
  const observer = new MutationObserver((records) => {
    const lost = last
    if (lost && records.some(({ target, removedNodes }) => target === lost || [...removedNodes].some((node) => node.contains(lost)))) requestAnimationFrame(() => recover(records))
  })
  document.addEventListener('focusin', come)
  document.addEventListener('focusout', left)
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  onScopeDispose(() => {
    document.removeEventListener('focusin', come)
    document.removeEventListener('focusout', left)
    observer.disconnect()
  })
}
