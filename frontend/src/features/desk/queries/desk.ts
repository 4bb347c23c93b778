import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { api, dataOf, newIdempotencyKey, type Schema } from '@/api/client'
import { useSession, type OwnOrganisation } from '@/features/account/queries/session'

export type DeskNeed = Schema<'DeskNeed'>
export type DeskMatch = Schema<'DeskMatch'>
export type Proposal = Schema<'Proposal'>
export type DeskList = 'needs' | 'matches' | 'proposals'
/** The lists of which something can be set aside. */
export type AsideList = Exclude<DeskList, 'proposals'>

const deskKeys = {
  all: ['desk'] as const,
  counts: () => [...deskKeys.all, 'counts'] as const,
  of: (list: DeskList, choice: DeskChoice, locale: string) => [...deskKeys.all, list, choice, locale] as const,
}

/** What the address asks of a list; what it cannot ask is left out. */
export interface DeskChoice {
  field?: string
  region?: string
  strength?: 'strong' | 'good' | 'none'
  days?: number
  sort?: 'deadline' | 'oldest'
  state?: 'open' | 'withdrawn'
  /** What was set aside, and not what waits. */
  aside?: true
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value)
}

export function choiceOf(query: LocationQuery): DeskChoice {
  const days = Number(query.days)
  return {
    field: typeof query.field === 'string' && query.field ? query.field : undefined,
    region: typeof query.region === 'string' && /^\w{2,6}$/.test(query.region) ? query.region : undefined,
    strength: oneOf(query.strength, ['strong', 'good', 'none'] as const),
    days: Number.isInteger(days) && days > 0 && days <= 3650 ? days : undefined,
    sort: oneOf(query.sort, ['oldest'] as const),
    state: oneOf(query.state, ['open', 'withdrawn'] as const),
    aside: query.aside === 'true' || undefined,
  }
}

/** A choice as an address holds it. */
export function addressOf(choice: DeskChoice): LocationQueryRaw {
  return Object.fromEntries(
    Object.entries(choice)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, String(value)]),
  )
}

/** Whether an organisation puts others together; the server decides. */
export function mediates(acting: OwnOrganisation | undefined): boolean {
  return acting !== undefined && acting.verified && ['brokerage', 'station'].includes(acting.kind) && acting.roles.some((role) => ['broker', 'officer', 'head'].includes(role))
}

/** How much lies on the desk; asked only for those who have one. */
export function useDeskCounts() {
  const { acting } = useSession()
  const enabled = computed(() => mediates(acting.value))
  return useQuery({ queryKey: deskKeys.counts(), queryFn: () => dataOf(api.GET('/desk')), enabled })
}

export function useDeskNeeds(choice: Ref<DeskChoice>, enabled: Ref<boolean>) {
  const { locale } = useI18n()
  return useInfiniteQuery({
    queryKey: computed(() => deskKeys.of('needs', choice.value, locale.value)),
    queryFn: ({ pageParam }) => {
      const { field, region, strength, days, sort, aside } = choice.value
      return dataOf(api.GET('/desk/needs', { params: { query: { field, region, matches: strength, days, sort, aside, cursor: pageParam || undefined } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
}

export function useDeskMatches(choice: Ref<DeskChoice>, enabled: Ref<boolean>) {
  const { locale } = useI18n()
  return useInfiniteQuery({
    queryKey: computed(() => deskKeys.of('matches', choice.value, locale.value)),
    queryFn: ({ pageParam }) => {
      const { field, region, strength, days, aside } = choice.value
      const band = strength === 'none' ? undefined : strength
      return dataOf(api.GET('/desk/matches', { params: { query: { field, region, band, days, aside, cursor: pageParam || undefined } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
}

export function useProposals(choice: Ref<DeskChoice>, enabled: Ref<boolean>) {
  const { locale } = useI18n()
  return useInfiniteQuery({
    queryKey: computed(() => deskKeys.of('proposals', choice.value, locale.value)),
    queryFn: ({ pageParam }) => dataOf(api.GET('/proposals', { params: { query: { state: choice.value.state, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
}

/** Puts a need and a result before both sides. */
export function usePropose() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...body }: Schema<'ProposalForm'> & { key: string }) =>
      dataOf(api.POST('/proposals', { params: { header: { 'Idempotency-Key': key } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: deskKeys.all }),
  })
}

/** Sets a need or a match aside, or brings it back. */
export function useSetAside() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ list, id, aside }: { list: AsideList; id: string; aside: boolean }) => {
      const params = { params: { path: { id } } }
      if (list === 'needs') await (aside ? api.PUT('/desk/needs/{id}/aside', params) : api.DELETE('/desk/needs/{id}/aside', params))
      else await (aside ? api.PUT('/desk/matches/{id}/aside', params) : api.DELETE('/desk/matches/{id}/aside', params))
    },
    onSettled: () => client.invalidateQueries({ queryKey: deskKeys.all }),
  })
}

/** Takes a proposal back. */
export function useWithdrawProposal() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      dataOf(api.POST('/proposals/{id}/steps', { params: { path: { id }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: { action: 'withdraw' } })),
    onSettled: () => client.invalidateQueries({ queryKey: deskKeys.all }),
  })
}
