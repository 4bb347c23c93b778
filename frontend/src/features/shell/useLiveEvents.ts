import { useQueryClient } from '@tanstack/vue-query'
import { onScopeDispose, watch, type Ref } from 'vue'

/** What does not change by anybody's work: read once, never again because of an event. */
const settled = ['taxonomies', 'search', 'profile']

/**
 * While someone is signed in, listens to the live events of the acting
 * organisation and reads again what is on the page. Events say that something
 * changed, never what: the API decides what this reader may see of it.
 */
export function useLiveEvents(actingAs: Ref<string | null>): void {
  const client = useQueryClient()
  let stream: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function refresh(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      void client.invalidateQueries({ predicate: ({ queryKey }) => !settled.includes(String(queryKey[0])) })
    }, 300) // one change often brings several events
  }
  function close(): void {
    clearTimeout(timer)
    stream?.close()
    stream = undefined
  }

  watch(
    actingAs,
    (who) => {
      close()
      if (who === null || typeof EventSource === 'undefined') return
      stream = new EventSource('/api/v1/events')
      stream.onmessage = refresh
      stream.addEventListener('reload', refresh) // events were missed
    },
    { immediate: true },
  )
  onScopeDispose(close)
}
