import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'

export type Match = Schema<'Match'>
type Subject = 'need' | 'package'

const matchKeys = {
  all: ['matches'] as const,
  of: (kind: Subject, id: string) => [...matchKeys.all, kind, id] as const,
}

/** What may meet a need, or which needs a package may meet: ranked, with reasons. */
export function useMatches(kind: Ref<Subject>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => matchKeys.of(kind.value, id.value)),
    queryFn: () => {
      const params = { params: { path: { id: id.value } } }
      return kind.value === 'need' ? dataOf(api.GET('/needs/{id}/matches', params)) : dataOf(api.GET('/packages/{id}/matches', params))
    },
  })
}

/** Says whether a match was of use; the ranking learns from it. */
export function useMatchFeedback() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: Schema<'MatchFeedbackForm'> & { id: string }) =>
      api.PUT('/matches/{id}/feedback', { params: { path: { id } }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: matchKeys.all }),
  })
}

/** Asks the other side to talk; its response clock starts. */
export function useIntroduce() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...body }: Schema<'IntroductionForm'> & { key: string }) =>
      dataOf(api.POST('/introductions', { params: { header: { 'Idempotency-Key': key } }, body })),
    onSuccess: () =>
      Promise.all([client.invalidateQueries({ queryKey: matchKeys.all }), client.invalidateQueries({ queryKey: ['introductions'] })]),
  })
}
