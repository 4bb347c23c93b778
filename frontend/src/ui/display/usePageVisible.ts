import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the page is before somebody's eyes, not in a tab behind another. */
export function usePageVisible(): Readonly<Ref<boolean>> {
  const visible = ref(document.visibilityState === 'visible')
  const look = () => (visible.value = document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
  return visible
}
