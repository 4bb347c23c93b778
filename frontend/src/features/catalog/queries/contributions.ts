import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'

export type Contribution = Schema<'Contribution'>
export type ContributorPart = Schema<'ContributorPart'>

const keys = {
  own: ['contributions', 'own'] as const,
  to: (achievement: string) => ['contributions', achievement] as const,
}

/** The achievements that name the person as a contributor, last asked first. */
export function useOwnContributions() {
  return useQuery({ queryKey: keys.own, queryFn: () => dataOf(api.GET('/me/contributions')) })
}

/** The person's word on their own part. */
export function useAnswerContribution() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ of, answer, reason }: { of: Contribution; answer: 'confirmed' | 'declined'; reason?: string }) =>
      dataOf(api.PUT('/me/contributions/{id}/answer', { params: { path: { id: of.id } }, body: { answer, version: of.version, ...(reason ? { reason } : {}) } })),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.own }), client.invalidateQueries({ queryKey: ['tasks'] })]),
  })
}

/** What the contributors of the newest text say to their part; again whenever `version` is another. */
export function useContributorParts(achievement: Ref<string | undefined>, version: Ref<number | undefined>) {
  return useQuery({
    queryKey: computed(() => [...keys.to(achievement.value ?? ''), version.value]),
    queryFn: () => dataOf(api.GET('/achievements/{id}/contributors', { params: { path: { id: achievement.value ?? '' } } })),
    enabled: computed(() => Boolean(achievement.value)),
  })
}

/** Asks those who were not asked about their part yet. */
export function useAskContributors(achievement: Ref<string | undefined>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => dataOf(api.POST('/achievements/{id}/contributors', { params: { path: { id: achievement.value ?? '' } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.to(achievement.value ?? '') }),
  })
}
