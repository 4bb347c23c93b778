import { onBeforeUnmount, readonly, ref } from 'vue'
import { fetchTelling, type Sending } from '@/api/sending'
import { useLeaveGuard } from './useLeaveGuard'

/**
 * A file on its way to the server: how much of it has been sent, and the way to call it back. Whoever would leave the
 * page meanwhile is asked first; what is sent ends with the part of the page that sends it.
 */
export function useSending() {
  /** The share that has been sent, or null while nothing is on its way. */
  const share = ref<number | null>(null)
  let present: AbortController | undefined

  /** Does the work; null when it was called back. */
  async function send<Sent>(work: (by: Sending) => Promise<Sent>): Promise<Sent | null> {
    const own = new AbortController()
    present = own
    share.value = 0
    try {
      return await work({ fetch: fetchTelling((sent) => (share.value = sent)), signal: own.signal })
    } catch (error) {
      if (own.signal.aborted) return null
      throw error
    } finally {
      share.value = null
    }
  }
  function callBack(): void {
    present?.abort()
  }

  onBeforeUnmount(callBack)
  useLeaveGuard(() => share.value !== null)
  return { share: readonly(share), send, callBack }
}
