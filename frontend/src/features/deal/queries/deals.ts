import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, newIdempotencyKey, type Schema } from '@/api/client'
import { noticeKey } from '@/features/notice/queries/notices'

export type Deal = Schema<'Deal'>
export type Introduction = Schema<'Introduction'>
export type Step = Schema<'StepRequest'>
export type Box = 'received' | 'sent'

export const dealKeys = {
  all: ['deals'] as const,
  introductions: (box: Box) => [...dealKeys.all, 'introductions', box] as const,
  about: (listing: string, acting: string) => [...dealKeys.all, 'about', listing, acting] as const,
  introduction: (id: string) => [...dealKeys.all, 'introduction', id] as const,
  list: (state: string) => [...dealKeys.all, 'list', state] as const,
  of: (id: string) => [...dealKeys.all, 'deal', id] as const,
  messages: (id: string) => [...dealKeys.of(id), 'messages'] as const,
  steps: (id: string) => [...dealKeys.of(id), 'steps'] as const,
  contacts: (id: string) => [...dealKeys.of(id), 'contacts'] as const,
}

/** Introductions that the acting organisation got or sent, newest first. */
export function useIntroductions(box: Ref<Box>) {
  return useInfiniteQuery({
    queryKey: computed(() => dealKeys.introductions(box.value)),
    queryFn: ({ pageParam }) => dataOf(api.GET('/introductions', { params: { query: { box: box.value, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** The newest introduction about a listing that the acting organisation waits for, is to answer, or talks over; a talk that is closed is over. */
export function useIntroductionAbout(listing: Ref<string>, acting: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => dealKeys.about(listing.value, acting.value)),
    queryFn: () => dataOf(api.GET('/introductions', { params: { query: { listing_id: listing.value } } })),
    select: ({ items }) => items.find(({ state, deal_state: deal }) => state === 'open' || (state === 'accepted' && deal !== 'closed')) ?? null,
    enabled,
  })
}

export function useIntroduction(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => dealKeys.introduction(id.value)),
    queryFn: () => dataOf(api.GET('/introductions/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}

export function useDeals(state: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => dealKeys.list(state.value)),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/deals', { params: { query: { state: state.value || undefined, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

export function useDeal(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => dealKeys.of(id.value)),
    queryFn: () => dataOf(api.GET('/deals/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}

export function useDealSteps(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => dealKeys.steps(id.value)),
    queryFn: () => dataOf(api.GET('/deals/{id}/steps', { params: { path: { id: id.value } } })),
  })
}

/** The people of both sides who consent to being reached. */
export function useDealContacts(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => dealKeys.contacts(id.value)),
    queryFn: () => dataOf(api.GET('/deals/{id}/contacts', { params: { path: { id: id.value } } })),
  })
}

/** The talk of a deal, newest first, page after page. */
export function useMessages(id: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => dealKeys.messages(id.value)),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/deals/{id}/messages', { params: { path: { id: id.value }, query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** Everything shown about introductions and deals is read again after a step of either. */
function useRefresh() {
  const client = useQueryClient()
  return () =>
    Promise.all([client.invalidateQueries({ queryKey: dealKeys.all }), client.invalidateQueries({ queryKey: ['tasks'] })])
}

export function useIntroductionStep(id: Ref<string>) {
  return useMutation({
    mutationFn: (step: Step) =>
      dataOf(api.POST('/introductions/{id}/steps', { params: { path: { id: id.value }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: step })),
    onSettled: useRefresh(),
  })
}

export function useDealStep(id: Ref<string>) {
  return useMutation({
    mutationFn: (step: Step) =>
      dataOf(api.POST('/deals/{id}/steps', { params: { path: { id: id.value }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: step })),
    onSettled: useRefresh(),
  })
}

export function usePostMessage(id: Ref<string>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ text, key }: { text: string; key: string }) =>
      dataOf(api.POST('/deals/{id}/messages', { params: { path: { id: id.value }, header: { 'Idempotency-Key': key } }, body: { text } })),
    onSettled: () => client.invalidateQueries({ queryKey: dealKeys.messages(id.value) }),
  })
}

/** Says that the messages up to one have been read: no letter tells of them, and their notices are read. */
export function useReadMessages(id: Ref<string>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (upTo: string) => api.PUT('/deals/{id}/messages/read', { params: { path: { id: id.value } }, body: { up_to: upTo } }),
    onSettled: () => client.invalidateQueries({ queryKey: noticeKey }),
  })
}

export function useSignNda(id: Ref<string>) {
  return useMutation({
    mutationFn: () => dataOf(api.POST('/deals/{id}/nda', { params: { path: { id: id.value }, header: { 'Idempotency-Key': newIdempotencyKey() } } })),
    onSettled: useRefresh(),
  })
}
