import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, newIdempotencyKey, type Schema } from '@/api/client'
import type { Tone } from '@/ui/display/tone'

export type Credential = Schema<'Credential'>
export type CredentialKind = Schema<'CredentialKind'>

/** What proves an organisation, the usual first. */
export const identityKinds: CredentialKind[] = ['business_licence', 'institution_certificate', 'other_registration']
export const brokerLevels: Schema<'BrokerLevel'>[] = ['junior', 'intermediate', 'senior']

const credentialKeys = {
  all: ['organisations', 'credentials'] as const,
  of: (id: string) => [...credentialKeys.all, id] as const,
  waiting: ['organisations', 'credentials-waiting'] as const,
}

/** What a state of a credential asks of the reader. */
export const credentialTones: Record<Credential['state'], Tone> = {
  submitted: 'waiting',
  verified: 'live',
  refused: 'stopped',
  revoked: 'stopped',
  expired: 'neutral',
  withdrawn: 'neutral',
}

export function useCredentials(organisation: Ref<string>) {
  return useQuery({
    queryKey: computed(() => credentialKeys.of(organisation.value)),
    queryFn: () => dataOf(api.GET('/organisations/{id}/credentials', { params: { path: { id: organisation.value } } })),
    enabled: computed(() => organisation.value !== ''),
  })
}

/** Those of all organisations that wait for the verifier, longest waiting first. */
export function useWaitingCredentials(enabled: Ref<boolean>) {
  return useInfiniteQuery({
    queryKey: credentialKeys.waiting,
    queryFn: ({ pageParam }) => dataOf(api.GET('/credentials', { params: { query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
}

/** A decision on a credential moves the organisation's verification, so all that is known of organisations is asked for again. */
function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['organisations'] })
}

export function useSubmitCredential(organisation: Ref<string>) {
  return useMutation({
    mutationFn: ({ form, key }: { form: Schema<'CredentialForm'>; key: string }) =>
      dataOf(api.POST('/organisations/{id}/credentials', { params: { path: { id: organisation.value }, header: { 'Idempotency-Key': key } }, body: form })),
    onSuccess: useRefresh(),
  })
}

export function useCredentialStep() {
  return useMutation({
    mutationFn: ({ credential, action, reason }: { credential: Credential; action: string; reason?: string }) =>
      dataOf(
        api.POST('/organisations/{id}/credentials/{credential_id}/steps', {
          params: { path: { id: credential.organisation_id, credential_id: credential.id }, header: { 'Idempotency-Key': newIdempotencyKey() } },
          body: { action, ...(reason ? { reason } : {}) },
        }),
      ),
    onSettled: useRefresh(),
  })
}
