import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, dataOf, onRefusalAsk, type Schema } from '@/api/client'
import { queryClient } from '@/api/queryClient'

export type Me = Schema<'Me'>
export type OwnOrganisation = Schema<'OwnOrganisation'>

export const meKey = ['me'] as const

const meQuery = {
  queryKey: meKey,
  queryFn: () => dataOf(api.GET('/me')),
  staleTime: 5 * 60_000,
}

/** Who is signed in, for the router's guard: asked once, then from the cache. */
export function ensureMe(): Promise<Me> {
  return queryClient.ensureQueryData(meQuery)
}

/**
 * Whether somebody was signed in here and no longer is: the session ran out, or was ended in another tab. What is
 * known of them stays, so that no form in which they were writing leaves the page.
 */
export async function sessionHasEnded(): Promise<boolean> {
  if (!queryClient.getQueryData<Me>(meKey)?.signed_in) return false
  const me = await dataOf(api.GET('/me')).catch(() => null)
  return me?.signed_in === false
}
onRefusalAsk(sessionHasEnded)

/** Who is signed in and for which organisation they act. A visitor is `signedIn: false`. */
export function useSession() {
  const query = useQuery(meQuery)
  const me = computed(() => query.data.value)
  const signedIn = computed(() => me.value?.signed_in ?? false)
  const organisations = computed<OwnOrganisation[]>(() => me.value?.organisations ?? [])
  const acting = computed(() => organisations.value.find((each) => each.id === me.value?.acting_organisation_id))
  const roles = computed(() => acting.value?.roles ?? [])

  /** Whether one of the roles is held in the acting organisation. It decides what is offered, the server what is allowed. */
  function has(...wanted: string[]): boolean {
    return wanted.some((role) => roles.value.includes(role))
  }

  return { query, me, signedIn, organisations, acting, roles, has }
}

/** Forgets everything read as somebody else. */
export function startAfresh(client: ReturnType<typeof useQueryClient>, me: Me): void {
  client.setQueryData(meKey, me)
  const others = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== meKey[0] }
  client.removeQueries({ type: 'inactive', ...others })
  void client.resetQueries({ type: 'active', ...others })
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (form: Schema<'SignIn'>) => dataOf(api.POST('/session', { body: form })),
    onSuccess: (me) => startAfresh(client, me),
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.DELETE('/session'),
    onSuccess: () => startAfresh(client, { signed_in: false }),
  })
}

export function useActFor() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (organisationId: string) =>
      dataOf(api.PUT('/session/organisation', { body: { organisation_id: organisationId } })),
    onSuccess: (me) => startAfresh(client, me),
  })
}
