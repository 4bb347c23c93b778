import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'
import { beginSession, setMe } from './session'

const profileKeys = { sessions: ['profile', 'sessions'] as const, consents: ['profile', 'consents'] as const }

export function useUpdateMe() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schema<'MePatch'>) => dataOf(api.PATCH('/me', { body })),
    onSuccess: (me) => setMe(client, me),
  })
}

export function useSessions() {
  return useQuery({ queryKey: profileKeys.sessions, queryFn: () => dataOf(api.GET('/me/sessions')) })
}

export function useRevokeSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/me/sessions/{id}', { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: profileKeys.sessions }),
  })
}

export function useConsents() {
  return useQuery({ queryKey: profileKeys.consents, queryFn: () => dataOf(api.GET('/me/consents')) })
}

export function useSetConsent() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schema<'ConsentChange'>) => dataOf(api.PUT('/me/consents', { body })),
    onSettled: () => client.invalidateQueries({ queryKey: profileKeys.consents }),
  })
}

/** All personal data as one JSON file for the person to keep. */
export async function exportMe(): Promise<Blob> {
  const data = await dataOf(api.GET('/me/export'))
  return new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' })
}

export function useErase() {
  return useMutation({ mutationFn: (password: string) => dataOf(api.POST('/me/erasure', { body: { password } })) })
}

/** What the token of an invitation's letter offers. */
export function useInvitation(token: Ref<string>) {
  return useQuery({
    queryKey: computed(() => ['invitation', token.value]),
    queryFn: () => dataOf(api.POST('/me/claims/read', { body: { token: token.value } })),
    retry: false,
  })
}

/** Accepts it: one is the person named, has the role, and may act for another organisation from then on. */
export function useClaim() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: string) => dataOf(api.POST('/me/claims', { body: { token } })),
    onSuccess: (me) => beginSession(client, me),
  })
}
