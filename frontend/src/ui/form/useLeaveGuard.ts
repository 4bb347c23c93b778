import { onBeforeUnmount, readonly, ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'

/** Answers whether to leave what is not saved; null while nobody is asked. */
const answer = ref<((leave: boolean) => void) | null>(null)

function ask(): Promise<boolean> {
  answer.value?.(false)
  return new Promise((resolve) => {
    answer.value = (leave) => {
      answer.value = null
      resolve(leave)
    }
  })
}

/** The question whether to leave, for the dialog that puts it; one per app. */
export function useLeaveQuestion() {
  return { asked: readonly(answer), answer: (leave: boolean) => answer.value?.(leave) }
}

/**
 * Keeps what is written from being lost by a way out of the page: it is saved first where there is a way to, and what is
 * still unsaved then is asked about. `stays` tells of an address that it is this very form under another name.
 */
export function useLeaveGuard(unsaved: () => boolean, save: () => Promise<unknown> = async () => undefined, stays: (to: RouteLocationNormalized) => boolean = () => false): void {
  async function mayLeave(): Promise<boolean> {
    if (unsaved()) await save()
    return !unsaved() || ask()
  }
  const warn = (event: BeforeUnloadEvent) => {
    if (unsaved()) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate((to, from) => to.path === from.path || stays(to) || mayLeave())
}
