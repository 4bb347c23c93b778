import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import { useSession } from '@/features/account/queries/session'
import { dealKeys } from '@/features/deal/queries/deals'

export type Match = Schema<'Match'>
export type Result = 'package' | 'achievement'
export type MatchSubject = 'need' | Result
export type MatchList = Schema<'MatchList'>
export type NewMatch = Schema<'NewMatch'>
export type OwnNeed = Schema<'OwnNeed'>

export const matchKeys = {
  all: ['matches'] as const,
  /** The lists that people read: what is new is told beside them. */
  lists: ['matches', 'list'] as const,
  of: (kind: MatchSubject, id: string, hidden: boolean) => [...matchKeys.lists, kind, id, hidden] as const,
  newer: (kind: MatchSubject, id: string, since: string) => [...matchKeys.all, 'newer', kind, id, since] as const,
  fresh: (locale: string) => [...matchKeys.all, 'new', locale] as const,
  ownNeeds: (kind: Result, id: string) => [...matchKeys.all, kind, id, 'own-needs'] as const,
}

/** The list of reasons against a match: what speaks against a need is not what speaks against a result. */
export function irrelevantReasons(match: Match): string {
  return match.kind === 'need' ? 'irrelevant_need' : 'irrelevant_result'
}

/**
 * What may meet a need, or which needs a package or an achievement may meet: ranked, with reasons; or those that
 * the organisation finds irrelevant.
 */
export function useMatches(kind: Ref<MatchSubject>, id: Ref<string>, hidden: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => matchKeys.of(kind.value, id.value, hidden.value)),
    queryFn: () => {
      const params = { params: { path: { id: id.value }, query: hidden.value ? { hidden: true } : {} } }
      switch (kind.value) {
        case 'need':
          return dataOf(api.GET('/needs/{id}/matches', params))
        case 'package':
          return dataOf(api.GET('/packages/{id}/matches', params))
        case 'achievement':
          return dataOf(api.GET('/achievements/{id}/matches', params))
      }
    },
    refetchOnWindowFocus: false, // who comes back goes on reading where they were
  })
}

/** How often a list that is being looked at asks whether something was found since. */
const askAgain = 60_000

/** How many matches were found that the list, which is as old as it says, does not show. */
export function useNewerMatches(kind: Ref<MatchSubject>, id: Ref<string>, list: Ref<MatchList | undefined>, enabled: Ref<boolean>) {
  const since = computed(() => list.value?.at ?? '')
  const { data } = useQuery({
    queryKey: computed(() => matchKeys.newer(kind.value, id.value, since.value)),
    queryFn: async () => {
      const params = { params: { path: { id: id.value }, query: { since: since.value } } }
      switch (kind.value) {
        case 'need':
          return (await dataOf(api.GET('/needs/{id}/matches/newer', params))).ids
        case 'package':
          return (await dataOf(api.GET('/packages/{id}/matches/newer', params))).ids
        case 'achievement':
          return (await dataOf(api.GET('/achievements/{id}/matches/newer', params))).ids
      }
    },
    enabled: computed(() => enabled.value && since.value !== ''),
    refetchInterval: askAgain,
  })
  return computed(() => (data.value ?? []).filter((found) => !list.value?.items.some((shown) => shown.id === found)).length)
}

/** The acting organisation's needs that a result may meet, the best match first. */
export function useOwnNeeds(kind: Result, id: string, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: matchKeys.ownNeeds(kind, id),
    queryFn: async (): Promise<OwnNeed[]> => {
      const params = { params: { path: { id } } }
      return (await dataOf(kind === 'package' ? api.GET('/packages/{id}/own-needs', params) : api.GET('/achievements/{id}/own-needs', params))).items
    },
    enabled,
  })
}

/** The newest strong matches of the acting organisation's listings about which it has said and done nothing. */
export function useNewMatches() {
  const { acting } = useSession()
  const { locale } = useI18n()
  return useQuery({
    queryKey: computed(() => matchKeys.fresh(locale.value)),
    queryFn: async (): Promise<NewMatch[]> => (await dataOf(api.GET('/me/matches'))).items,
    enabled: computed(() => acting.value !== undefined),
  })
}

/** Says whether a match is relevant, or takes that back; the organisation's own list moves at once. */
export function useMatchFeedback() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, said }: { id: string; said: Schema<'MatchFeedbackForm'> | null }) => {
      const params = { params: { path: { id } } }
      if (said) await api.PUT('/matches/{id}/feedback', { ...params, body: said })
      else await api.DELETE('/matches/{id}/feedback', params)
    },
    onSettled: () => client.invalidateQueries({ queryKey: matchKeys.all }),
  })
}

/** Asks the other side to talk; its response clock starts. */
export function useIntroduce() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...body }: Schema<'IntroductionForm'> & { key: string }) =>
      dataOf(api.POST('/introductions', { params: { header: { 'Idempotency-Key': key } }, body })),
    // It is made: nothing waits for what is read again.
    onSuccess: () => {
      for (const queryKey of [matchKeys.all, dealKeys.all]) void client.invalidateQueries({ queryKey })
    },
  })
}
