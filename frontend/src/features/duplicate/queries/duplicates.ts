import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'

export type Duplicate = Schema<'Duplicate'>
export type DuplicateSide = Schema<'DuplicateSide'>
export type DuplicateState = Duplicate['state']
export type Decision = Schema<'DuplicateStepRequest'>

/** The states that a person asks for; what was cleared is of no use to anybody. */
export const listedStates = ['suspected', 'apart', 'merged'] as const satisfies readonly DuplicateState[]

export const duplicateKeys = {
  all: ['duplicates'] as const,
  list: (state: DuplicateState) => [...duplicateKeys.all, 'list', state] as const,
  of: (id: string) => [...duplicateKeys.all, id] as const,
  suspects: (kind: string, id: string, version: number) => [...duplicateKeys.all, 'suspects', kind, id, version] as const,
}

/** The pairs that the reader may know of, most alike first. */
export function useDuplicates(state: Ref<DuplicateState>) {
  return useInfiniteQuery({
    queryKey: computed(() => duplicateKeys.list(state.value)),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/duplicates', { params: { query: { state: state.value, cursor: pageParam || undefined, page_size: 30 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** One pair with both contents. */
export function useDuplicate(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => duplicateKeys.of(id.value)),
    queryFn: () => dataOf(api.GET('/duplicates/{id}', { params: { path: { id: id.value } } })),
  })
}

/** What a listing of one's own looks like, as it was saved at a version. */
export function useSuspects(kind: Ref<'achievement' | 'need'>, id: Ref<string>, version: Ref<number>) {
  return useQuery({
    queryKey: computed(() => duplicateKeys.suspects(kind.value, id.value, version.value)),
    queryFn: () => dataOf(api.GET('/duplicates/suspects', { params: { query: { kind: kind.value, listing_id: id.value } } })),
    placeholderData: (before) => before, // the hint does not blink at each save
  })
}

/** Decides on a pair as it was read; everything shown about listings is read again after it. */
export function useDecide() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ pair, decision }: { pair: Duplicate; decision: Decision }) =>
      dataOf(
        api.POST('/duplicates/{id}/steps', {
          params: { path: { id: pair.id }, header: { ...ifMatch(pair.version), 'Idempotency-Key': newIdempotencyKey() } },
          body: decision,
        }),
      ),
    onSuccess: (after) => client.setQueryData(duplicateKeys.of(after.id), after),
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: duplicateKeys.all }), client.invalidateQueries({ queryKey: listingKeys.all })]),
  })
}
