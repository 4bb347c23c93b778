import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import type { Tone } from '@/ui/display/tone'

export type GovernedAccount = Schema<'GovernedAccount'>
export type AccountState = Schema<'AccountState'>
export type AccountAction = GovernedAccount['actions'][number]

export const accountStates: readonly AccountState[] = ['active', 'unconfirmed', 'suspended']
export const accountTones: Record<AccountState, Tone> = { active: 'live', unconfirmed: 'waiting', suspended: 'stopped' }

/** How long a reason can be: it stands in a letter. */
export const maxAccountReason = 500

/** Which accounts are listed; empty answers choose all. */
export interface AccountFilter {
  state: AccountState | ''
  q: string
}

const all = ['platform', 'accounts'] as const

/** The accounts, newest first. A page can be short, and yet be followed by another: a part of a name is sought step by step. */
export function useAccounts(filter: Ref<AccountFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => [...all, filter.value] as const),
    queryFn: ({ pageParam }) => {
      const { state, q } = filter.value
      return dataOf(api.GET('/platform/accounts', { params: { query: { state: state || undefined, q: q || undefined, cursor: pageParam || undefined } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: (before) => before,
  })
}

/** Suspends or restores an account as it was read, or signs it out on all devices. */
export function useGovernAccount() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ account: { id, version }, action, reason }: { account: GovernedAccount; action: AccountAction; reason: string }) => {
      if (action === 'sign_out') await api.DELETE('/platform/accounts/{id}/sessions', { params: { path: { id } } })
      else
        await api.POST('/platform/accounts/{id}/steps', {
          params: { path: { id }, header: { ...ifMatch(version), 'Idempotency-Key': newIdempotencyKey() } },
          body: { action, reason },
        })
    },
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  })
}
