import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'

export type Notice = Schema<'Notification'>

export const noticeKey = ['notices'] as const

/** What has happened that concerns the person, newest first. */
export function useNotices(enabled: Ref<boolean>) {
  const query = useInfiniteQuery({
    queryKey: noticeKey,
    queryFn: ({ pageParam }) => dataOf(api.GET('/me/notifications', { params: { query: { cursor: pageParam || undefined, page_size: 20 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
  const notices = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? [])
  const unread = computed(() => query.data.value?.pages[0]?.unread ?? 0)
  return { query, notices, unread }
}

/** Marks everything up to a notice as read. */
export function useReadNotices() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (upTo: string) => api.PUT('/me/notifications/read', { body: { up_to: upTo } }),
    onSettled: () => client.invalidateQueries({ queryKey: noticeKey }),
  })
}

/** Marks a notice as read, since its person goes where it leads. */
export function useReadNotice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.PUT('/me/notifications/{id}/read', { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: noticeKey }),
  })
}

/** Where a notice leads. */
export function noticeAddress(notice: Notice): string {
  const { code, kind, subject_id: id } = notice
  if (code === 'contribution_to_confirm') return '/my/contributions'
  if (code === 'match_found' || code === 'match_proposed') return `/${kind}s/${id}/matches`
  if (code.startsWith('proposal_')) return '/desk/proposals'
  if (code === 'contribution_declined' || code === 'listing_expiring' || code === 'listing_expired') return kind === 'contribution' ? '/my/listings?kind=achievement' : `/my/listings?kind=${kind}`
  if (code === 'listing_submitted') return `/reviews/${kind}/${id}`
  if (code === 'listing_returned') return `/my/${kind}s/${id}`
  if (kind === 'distribution' && code !== 'reward_to_approve' && code !== 'reward_held') return '/my/rewards'
  if (kind === 'file_request') return code === 'file_requested' ? '/file-requests' : '/file-requests?box=sent'
  if (kind === 'saved_search') return `/my/searches/${id}`
  if (kind === 'organisation') return code === 'organisation_verified' ? '/dashboard' : '/organisation'
  if (kind === 'webhook') return `/organisation/webhooks/${id}`
  if (kind === 'message') return '/deals'
  return `/${kind}s/${id}`
}
