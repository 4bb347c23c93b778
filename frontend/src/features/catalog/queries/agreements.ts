import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'
import type { Tone } from '@/ui/display/tone'

export type Agreement = Schema<'Agreement'>

/** What an agreement's state asks of the reader. */
export const agreementTones: Record<Agreement['state'], Tone> = {
  asked: 'waiting',
  agreed: 'live',
  declined: 'stopped',
  withdrawn: 'stopped',
  lapsed: 'neutral',
}

export const agreementStates = ['asked', 'agreed', 'declined', 'withdrawn', 'lapsed'] as const

const agreementKeys = {
  all: ['agreements'] as const,
  of: (id: string) => [...agreementKeys.all, id] as const,
  ofPackage: (id: string) => [...listingKeys.of('package', id), 'agreements'] as const,
}

/** One agreement, for the owner who is asked and the one who asks. */
export function useAgreement(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => agreementKeys.of(id.value)),
    queryFn: () => dataOf(api.GET('/agreements/{id}', { params: { path: { id: id.value } } })),
  })
}

/** What others asked the acting organisation for, newest first. */
export function useAgreements(state: Ref<Agreement['state'] | undefined>) {
  return useInfiniteQuery({
    queryKey: computed(() => [...agreementKeys.all, 'list', state.value ?? '']),
    queryFn: ({ pageParam }) => dataOf(api.GET('/agreements', { params: { query: { state: state.value, cursor: pageParam || undefined, page_size: 30 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** What the other owners say to being in a package; no question before it exists. */
export function usePackageAgreements(id: Ref<string | undefined>) {
  return useQuery({
    queryKey: computed(() => agreementKeys.ofPackage(id.value ?? '')),
    queryFn: () => dataOf(api.GET('/packages/{id}/agreements', { params: { path: { id: id.value ?? '' } } })),
    enabled: computed(() => Boolean(id.value)),
  })
}

/** Answers an agreement: agree, decline, withdraw. */
export function useAnswer() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ agreement, action, reason }: { agreement: Agreement; action: string; reason?: string }) =>
      dataOf(
        api.POST('/agreements/{id}/steps', {
          params: { path: { id: agreement.id }, header: { ...ifMatch(agreement.version), 'Idempotency-Key': newIdempotencyKey() } },
          body: { action, ...(reason ? { reason } : {}) },
        }),
      ),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: agreementKeys.all }),
        client.invalidateQueries({ queryKey: listingKeys.all }),
        client.invalidateQueries({ queryKey: ['tasks'] }),
      ]),
  })
}
