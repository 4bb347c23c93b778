import { computed, onBeforeUnmount, ref, type Ref } from 'vue'

const kept = new Map<string, Ref<unknown>>()

/**
 * What is being written at a place and not sent yet. It stays while its form is not on the page: who looks something up
 * or closes a dialog finds their words again. It is each place's own, and of this open page alone; before that is left for
 * good the browser asks. Set it back to `fresh` once it is sent.
 */
export function useKept<Written>(place: () => string, fresh: () => Written) {
  const here = computed(() => {
    const at = place()
    const known = kept.get(at)
    if (known) return known as Ref<Written>
    const begun = ref(fresh()) as Ref<Written>
    kept.set(at, begun)
    return begun
  })
  const warn = (event: BeforeUnloadEvent) => {
    if (JSON.stringify(here.value.value) !== JSON.stringify(fresh())) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
  return computed({ get: () => here.value.value, set: (written) => (here.value.value = written) })
}

/** Forgets what was being written, all of it where no place is named: another person reads here, or acts for somebody else. */
export function forgetKept(place?: string): void {
  if (place === undefined) kept.clear()
  else kept.delete(place)
}
