import { queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import { meKey } from '@/features/account/queries/session'
import type { Tone } from '@/ui/display/tone'

export type Organisation = Schema<'Organisation'>
export type OrganisationKind = Schema<'OrganisationKind'>
export type OrganisationState = Organisation['state']
export type Member = Schema<'Member'>

/** Which organisations are listed; empty answers choose all. */
export interface OrganisationFilter {
  state: OrganisationState | ''
  q: string
}

const organisationKeys = {
  all: ['organisations'] as const,
  list: (filter: OrganisationFilter) => [...organisationKeys.all, 'list', filter] as const,
  of: (id: string) => [...organisationKeys.all, 'organisation', id] as const,
  members: (id: string) => [...organisationKeys.of(id), 'members'] as const,
}

/** What a state of the verification asks of the reader. */
export const verificationTones: Record<OrganisationState, Tone> = {
  unverified: 'neutral',
  pending: 'waiting',
  verified: 'live',
  rejected: 'stopped',
  expired: 'stopped',
}

export function useOrganisations(filter: Ref<OrganisationFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => organisationKeys.list(filter.value)),
    queryFn: ({ pageParam }) => {
      const { state, q } = filter.value
      return dataOf(api.GET('/organisations', { params: { query: { state: state || undefined, q: q || undefined, cursor: pageParam || undefined } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** The question for one organisation. */
export function organisationOf(id: string) {
  return queryOptions({
    queryKey: organisationKeys.of(id),
    queryFn: () => dataOf(api.GET('/organisations/{id}', { params: { path: { id } } })),
    enabled: id !== '',
  })
}

export function useOrganisation(id: Ref<string>) {
  return useQuery(computed(() => organisationOf(id.value)))
}

/** One's own organisations stand in the session, and their verification decides what waits. */
function useRefresh() {
  const client = useQueryClient()
  return () =>
    Promise.all([organisationKeys.all, meKey, ['tasks']].map((queryKey) => client.invalidateQueries({ queryKey })))
}

/** Registers an organisation; whoever does becomes the member that decides for it. */
export function useRegisterOrganisation() {
  return useMutation({
    mutationFn: ({ form, key }: { form: Schema<'OrganisationForm'>; key: string }) =>
      dataOf(api.POST('/organisations', { params: { header: { 'Idempotency-Key': key } }, body: form })),
    onSuccess: useRefresh(),
  })
}

export function useUpdateOrganisation() {
  return useMutation({
    mutationFn: ({ organisation, form }: { organisation: Organisation; form: Schema<'OrganisationForm'> }) =>
      dataOf(api.PUT('/organisations/{id}', { params: { path: { id: organisation.id }, header: ifMatch(organisation.version) }, body: form })),
    onSuccess: useRefresh(),
  })
}

/** A step of the verification: submit; by the platform verify, reject or revoke. */
export function useOrganisationStep() {
  return useMutation({
    mutationFn: ({ organisation: { id, version }, action, reason }: { organisation: Organisation; action: string; reason?: string }) =>
      dataOf(
        api.POST('/organisations/{id}/steps', {
          params: { path: { id }, header: { ...ifMatch(version), 'Idempotency-Key': newIdempotencyKey() } },
          body: { action, ...(reason ? { reason } : {}) },
        }),
      ),
    onSettled: useRefresh(),
  })
}

export function useMembers(organisation: Ref<string>) {
  return useQuery({
    queryKey: computed(() => organisationKeys.members(organisation.value)),
    queryFn: () => dataOf(api.GET('/organisations/{id}/members', { params: { path: { id: organisation.value } } })),
    enabled: computed(() => organisation.value !== ''),
  })
}

function useMembersChanged(organisation: Ref<string>) {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: organisationKeys.members(organisation.value) }),
      client.invalidateQueries({ queryKey: meKey }), // one's own roles are among them
    ])
}

/** Gives the account of an address a role; an address without an account is invited under the name. */
export function useAddMember(organisation: Ref<string>) {
  return useMutation({
    mutationFn: ({ form, key }: { form: Schema<'MemberForm'>; key: string }) =>
      dataOf(
        api.POST('/organisations/{id}/members', { params: { path: { id: organisation.value }, header: { 'Idempotency-Key': key } }, body: form }),
      ),
    onSuccess: useMembersChanged(organisation),
  })
}

/** Gives a member another role instead of the one of an entry. */
export function useChangeMember(organisation: Ref<string>) {
  return useMutation({
    mutationFn: ({ member, role }: { member: string; role: string }) =>
      dataOf(api.PUT('/organisations/{id}/members/{member_id}', { params: { path: { id: organisation.value, member_id: member } }, body: { role } })),
    onSettled: useMembersChanged(organisation),
  })
}

/** Takes a role away, or withdraws an invitation to one. */
export function useRemoveMember(organisation: Ref<string>) {
  return useMutation({
    mutationFn: (member: string) => api.DELETE('/organisations/{id}/members/{member_id}', { params: { path: { id: organisation.value, member_id: member } } }),
    onSettled: useMembersChanged(organisation),
  })
}
