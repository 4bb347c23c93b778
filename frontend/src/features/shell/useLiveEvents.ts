import { useQueryClient, type Query } from '@tanstack/vue-query'
import { onScopeDispose, watch, type Ref } from 'vue'
import { matchKeys } from '@/features/match/queries/matches'

/** What does not change by anybody's work, or must not move under who reads it: never read again because of an event. */
const settled: readonly (readonly string[])[] = [['taxonomies'], ['search'], ['profile'], matchKeys.lists]

/** Somebody has asked for a further page of a list, which reading it all again would call off: it is read when that has come. */
function readsOn(query: Query): boolean {
  const meta = query.state.fetchMeta as { fetchMore?: unknown } | null
  return query.state.fetchStatus === 'fetching' && Boolean(meta?.fetchMore)
}

/** One change often brings several events. */
const together = 300
/** After a gap everybody's pages ask again, but not all at the same moment. */
const spread = 3000
/** The waits before a page that was refused a stream asks for one again. */
const firstPause = 3000
const longestPause = 60_000

/** How old this page is, at least: nothing on it was read before. One clock stands still while a machine sleeps, the other can be set back. */
const age = () => Math.max(performance.now(), Date.now() - performance.timeOrigin)

/** Whether nothing was told since the page began, as a stream says that opens. */
function nothingMissed(opened: string): boolean {
  return (JSON.parse(opened) as { quiet_ms: number }).quiet_ms > age()
}

/**
 * While someone is signed in, listens to the live events of the acting
 * organisation and reads again what is on the page. Events say that something
 * changed, never what: the API decides what this reader may see of it. What
 * happened before the page listened is made up for by reading all again, unless
 * the stream says that it was nothing; so is what happened while a stream was broken.
 */
export function useLiveEvents(actingAs: Ref<string | null>): void {
  const client = useQueryClient()
  let stream: EventSource | undefined
  let reading: ReturnType<typeof setTimeout> | undefined
  let opening: ReturnType<typeof setTimeout> | undefined
  let pause = firstPause
  let missed = false

  function refresh(after = together): void {
    clearTimeout(reading)
    reading = setTimeout(() => {
      let waits = false
      void client.invalidateQueries({
        predicate: (query) => {
          if (settled.some((key) => key.every((part, index) => query.queryKey[index] === part))) return false
          if (!readsOn(query)) return true
          waits = true
          return false
        },
      })
      if (waits) refresh()
    }, after)
  }
  function listen(): void {
    const opened = new EventSource('/api/v1/events')
    stream = opened
    opened.addEventListener('opened', ({ data }: MessageEvent<string>) => {
      if (missed) refresh(together + Math.random() * spread)
      else if (!nothingMissed(data)) refresh()
      missed = false
      pause = firstPause
    })
    opened.onmessage = () => refresh()
    opened.addEventListener('reload', () => refresh()) // events were missed
    opened.onerror = () => {
      missed = true
      // A connection that broke the browser opens again by itself, but it gives
      // up for good when it is answered that there is no stream just now.
      if (opened.readyState !== EventSource.CLOSED) return
      opening = setTimeout(listen, pause * (0.5 + Math.random() / 2))
      pause = Math.min(pause * 2, longestPause)
    }
  }
  function close(): void {
    clearTimeout(reading)
    clearTimeout(opening)
    stream?.close()
    stream = undefined
  }

  watch(
    actingAs,
    (who) => {
      close()
      pause = firstPause
      missed = false
      if (who !== null && typeof EventSource !== 'undefined') listen()
    },
    { immediate: true },
  )
  onScopeDispose(close)
}
