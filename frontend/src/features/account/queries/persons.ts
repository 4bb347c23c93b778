import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, newIdempotencyKey, type Schema } from '@/api/client'

const personKeys = {
  of: (organisation: string) => ['persons', organisation] as const,
  found: (organisation: string, words: string) => [...personKeys.of(organisation), words] as const,
}

/** The persons an organisation has named, found by name. */
export function usePersons(organisation: Ref<string>, words: Ref<string>) {
  return useQuery({
    queryKey: computed(() => personKeys.found(organisation.value, words.value)),
    queryFn: () =>
      dataOf(api.GET('/organisations/{id}/persons', { params: { path: { id: organisation.value }, query: { q: words.value || undefined } } })),
    enabled: computed(() => organisation.value !== ''),
  })
}

function usePersonsChanged(organisation: Ref<string>) {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: personKeys.of(organisation.value) })
}

/** Invites somebody whom the organisation has named to claim the entry. */
export function useInvitePerson(organisation: Ref<string>) {
  return useMutation({
    mutationFn: ({ person, email }: { person: string; email: string }) =>
      dataOf(
        api.POST('/organisations/{id}/persons/{person_id}/invitations', {
          params: { path: { id: organisation.value, person_id: person }, header: { 'Idempotency-Key': newIdempotencyKey() } },
          body: { email },
        }),
      ),
    onSuccess: usePersonsChanged(organisation),
  })
}

/** Withdraws an open invitation to claim an entry, such as one that went to a wrong address. */
export function useWithdrawInvitation(organisation: Ref<string>) {
  return useMutation({
    mutationFn: ({ person, invitation }: { person: string; invitation: string }) =>
      api.DELETE('/organisations/{id}/persons/{person_id}/invitations/{invitation_id}', {
        params: { path: { id: organisation.value, person_id: person, invitation_id: invitation } },
      }),
    onSettled: usePersonsChanged(organisation),
  })
}

/** Names a person who may never have signed in; with an e-mail the person is invited. */
export function useNamePerson(organisation: Ref<string>) {
  return useMutation({
    mutationFn: (body: Schema<'PersonForm'>) =>
      dataOf(
        api.POST('/organisations/{id}/persons', {
          params: { path: { id: organisation.value }, header: { 'Idempotency-Key': newIdempotencyKey() } },
          body,
        }),
      ),
    onSuccess: usePersonsChanged(organisation),
  })
}
