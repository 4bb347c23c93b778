import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'

/** What is listed: 科技成果, 成果包, 技术需求. */
export type ListingKind = Schema<'ListingHead'>['kind']
export type ListingHead = Schema<'ListingHead'>
export type ReviewStep = Schema<'ReviewStepRequest'>

/** The last day of one's own listing, and the words before it: results are confirmed anew until then, a need that is still open ends on it. */
export function lastDayOf({ kind, state, confirm_by: day }: ListingHead): { label: string; day: string } | undefined {
  if (!day || (kind === 'need' && state !== 'published')) return undefined
  return { label: kind === 'need' ? 'listing.openUntil' : 'listing.confirmBy', day }
}

export const listingKinds: readonly ListingKind[] = ['achievement', 'package', 'need']

export const listingKeys = {
  all: ['listings'] as const,
  mine: (kind: ListingKind, state: string, words: string) => [...listingKeys.all, 'mine', kind, state, words] as const,
  of: (kind: ListingKind, id: string) => [...listingKeys.all, kind, id] as const,
  steps: (kind: ListingKind, id: string) => [...listingKeys.of(kind, id), 'steps'] as const,
  files: (kind: string, id: string) => [...listingKeys.all, 'files', kind, id] as const,
}

interface PageOfListings {
  items: ListingHead[]
  /** On all pages; absent where none. */
  total?: number
  next_cursor?: string
}

/** One page of the acting organisation's own listings of a kind. */
export function fetchMine(kind: ListingKind, query: { state?: string; q?: string; cursor?: string; page_size?: number }): Promise<PageOfListings> {
  const params = { params: { query } }
  if (kind === 'achievement') return dataOf(api.GET('/achievements', params))
  if (kind === 'package') return dataOf(api.GET('/packages', params))
  return dataOf(api.GET('/needs', params))
}

/** The acting organisation's own listings, page after page. */
export function useMine(kind: Ref<ListingKind>, state: Ref<string>, words: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => listingKeys.mine(kind.value, state.value, words.value)),
    queryFn: ({ pageParam }) =>
      fetchMine(kind.value, { state: state.value || undefined, q: words.value || undefined, cursor: pageParam || undefined, page_size: 30 }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** The steps a listing has taken, oldest first; for those who may see inside. */
export function useSteps(kind: Ref<ListingKind>, id: Ref<string>, enabled?: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => listingKeys.steps(kind.value, id.value)),
    queryFn: () => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return dataOf(api.GET('/achievements/{id}/steps', params))
      if (kind.value === 'package') return dataOf(api.GET('/packages/{id}/steps', params))
      return dataOf(api.GET('/needs/{id}/steps', params))
    },
    enabled,
  })
}

/** Takes a step of a listing's life: submit, publish, return, suspend … */
export function takeStep(kind: ListingKind, id: string, version: number, step: ReviewStep): Promise<ListingHead> {
  const request = { params: { path: { id }, header: { ...ifMatch(version), 'Idempotency-Key': newIdempotencyKey() } }, body: step }
  if (kind === 'achievement') return dataOf(api.POST('/achievements/{id}/steps', request))
  if (kind === 'package') return dataOf(api.POST('/packages/{id}/steps', request))
  return dataOf(api.POST('/needs/{id}/steps', request))
}

/** takeStep as a mutation; everything shown about listings is read again after it. */
export function useStep() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ head, step }: { head: ListingHead; step: ReviewStep }) => takeStep(head.kind, head.id, head.version, step),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: listingKeys.all }),
        client.invalidateQueries({ queryKey: ['tasks'] }),
        client.invalidateQueries({ queryKey: ['reviews'] }),
      ]),
  })
}

/** The files of a listing that the reader may see. */
export function useFiles(kind: string, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.files(kind, id.value)),
    queryFn: () => dataOf(api.GET('/files', { params: { query: { kind, subject_id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}
