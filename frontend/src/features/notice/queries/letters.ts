import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { api, dataOf, type Schema } from '@/api/client'

const letterKey = ['profile', 'letters'] as const

/** Which kinds of letters the person gets. */
export function useLetterChoices() {
  return useQuery({ queryKey: letterKey, queryFn: () => dataOf(api.GET('/me/letters')) })
}

export function useChooseLetters() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schema<'LetterChoice'>) => dataOf(api.PUT('/me/letters', { body })),
    onSuccess: (choices) => client.setQueryData(letterKey, choices),
  })
}

/** Ends letters by the link of one of them. */
export function useUnsubscribe() {
  return useMutation({ mutationFn: (token: string) => dataOf(api.POST('/letters/unsubscribe', { body: { token } })) })
}
