import { InfiniteQueryObserver, QueryClient, VUE_QUERY_CLIENT } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import { defineComponent, ref, type Ref } from 'vue'
import { useLiveEvents } from './useLiveEvents'

/** A stream that the test opens, breaks and ends. */
class Stream {
  static readonly CLOSED = 2
  static all: Stream[] = []
  readyState = 0
  onopened?: (message: { data: string }) => void
  onmessage?: () => void
  onerror?: () => void
  constructor() {
    Stream.all.push(this)
  }
  addEventListener(name: string, heed: (message: { data: string }) => void): void {
    if (name === 'opened') this.onopened = heed
  }
  close(): void {
    this.readyState = Stream.CLOSED
  }
  /** It opens after nothing was told for a while; 0 is not known. */
  open(quiet = 0): void {
    this.readyState = 1
    this.onopened?.({ data: JSON.stringify({ quiet_ms: quiet }) })
  }
  /** The connection breaks, or with final is refused. */
  fail(final: boolean): void {
    this.readyState = final ? Stream.CLOSED : 0
    this.onerror?.()
  }
}

const minute = 60_000

describe('live events', () => {
  const client = new QueryClient()
  let read: MockInstance
  let who: Ref<string | null>

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('EventSource', Stream)
    Stream.all = []
    read = vi.spyOn(client, 'invalidateQueries')
    who = ref<string | null>('somebody')
    mount(defineComponent({ setup: () => useLiveEvents(who), render: () => null }), {
      global: { provide: { [VUE_QUERY_CLIENT]: client } },
    })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('that came between the first reading and the first listening are made up for', () => {
    vi.advanceTimersByTime(minute)
    expect(read).not.toHaveBeenCalled()
    Stream.all[0]?.open()
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('of which there were none since the page began are not made up for', () => {
    vi.advanceTimersByTime(1000)
    Stream.all[0]?.open(performance.now() + minute)
    vi.advanceTimersByTime(minute)
    expect(read).not.toHaveBeenCalled()
    Stream.all[0]?.onmessage?.()
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('are made up for where something was told after the page began, whichever clock is behind', () => {
    const begun = performance.timeOrigin
    vi.setSystemTime(begun + 10 * minute) // the machine slept, and its other clock with it
    Stream.all[0]?.open(9 * minute)
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(1)
    who.value = 'somebody else'
    return Promise.resolve().then(() => {
      vi.setSystemTime(begun - minute) // it was set back
      Stream.all.at(-1)?.open(performance.now() - 1)
      vi.advanceTimersByTime(minute)
      expect(read).toHaveBeenCalledTimes(2)
    })
  })

  it('that were missed while the connection was broken are made up for, however quiet it is said to have been', () => {
    Stream.all[0]?.open(Number.MAX_SAFE_INTEGER)
    Stream.all[0]?.fail(false)
    Stream.all[0]?.open(Number.MAX_SAFE_INTEGER)
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('that were missed while the connection was broken are made up for', () => {
    Stream.all[0]?.open()
    vi.advanceTimersByTime(minute)
    Stream.all[0]?.fail(false)
    vi.advanceTimersByTime(minute)
    expect(Stream.all).toHaveLength(1) // the browser opens it again
    expect(read).toHaveBeenCalledTimes(1)
    Stream.all[0]?.open()
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('read again what others change, but no list of matches under who reads it', () => {
    const kept = [['matches', 'list', 'need', 'n1', false], ['taxonomies', 'zh-CN']]
    const changed = [['matches', 'newer', 'need', 'n1', ''], ['matches', 'new', 'zh-CN'], ['tasks'], ['deals', 'd1']]
    for (const key of [...kept, ...changed]) client.setQueryData(key, {})
    Stream.all[0]?.onmessage?.()
    vi.advanceTimersByTime(minute)
    const stale = (keys: unknown[][]) => keys.map((key) => client.getQueryState(key)?.isInvalidated)
    expect([stale(kept), stale(changed)]).toEqual([[false, false], [true, true, true, true]])
  })

  it('do not call off a further page that somebody has asked for', async () => {
    const answers: ((page: number) => void)[] = []
    const list = new InfiniteQueryObserver(client, {
      queryKey: ['listings', 'mine'],
      queryFn: () => new Promise<number>((resolve) => answers.push(resolve)),
      initialPageParam: 0,
      getNextPageParam: () => 1,
    })
    const stop = list.subscribe(() => undefined)
    answers[0]?.(1)
    await vi.advanceTimersByTimeAsync(0)
    void list.fetchNextPage()
    await vi.advanceTimersByTimeAsync(0)
    Stream.all[0]?.onmessage?.()
    await vi.advanceTimersByTimeAsync(1000)
    expect(answers).toHaveLength(2)
    answers[1]?.(2)
    await vi.advanceTimersByTimeAsync(0)
    expect(list.getCurrentResult().data?.pages).toEqual([1, 2])
    await vi.advanceTimersByTimeAsync(1000)
    expect(answers.length, 'then all of it is read again').toBeGreaterThan(2)
    stop()
  })

  it('are listened to again after a server that refused the stream', () => {
    Stream.all[0]?.open()
    Stream.all[0]?.fail(true)
    vi.advanceTimersByTime(minute)
    expect(Stream.all).toHaveLength(2)
    for (let hour = 0; hour < 60; hour++) {
      Stream.all.at(-1)?.fail(true)
      vi.advanceTimersByTime(minute)
    }
    expect(Stream.all.length).toBeGreaterThan(50)
    expect(Stream.all.length).toBeLessThan(70)
    const before = read.mock.calls.length
    Stream.all.at(-1)?.open()
    vi.advanceTimersByTime(minute)
    expect(read).toHaveBeenCalledTimes(before + 1)
  })

  it('are asked for no more by who has signed out', async () => {
    Stream.all[0]?.fail(true)
    who.value = null
    await vi.advanceTimersByTimeAsync(minute)
    expect(Stream.all).toHaveLength(1)
  })
})
