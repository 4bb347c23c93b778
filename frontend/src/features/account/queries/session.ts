import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, dataOf, onRefusalAsk, type Schema } from '@/api/client'
import { queryClient } from '@/api/queryClient'
import { forgetKept } from '@/ui/form/useKept'

export type Me = Schema<'Me'>
export type OwnOrganisation = Schema<'OwnOrganisation'>

export const meKey = ['me'] as const

/** Who was signed in on this page last. Reading again who is may find that nobody is any more, while their work still stands here. */
let met: Me | undefined

/** What one was writing is nobody else's, nor another organisation's. */
function meet(me: Me | undefined): void {
  if (met && (met.account_id !== me?.account_id || met.acting_organisation_id !== me?.acting_organisation_id)) forgetKept()
  met = me
}

async function readMe({ signal }: { signal?: AbortSignal } = {}): Promise<Me> {
  const me = await dataOf(api.GET('/me', { signal }))
  if (me.signed_in) meet(me)
  return me
}

const meQuery = {
  queryKey: meKey,
  queryFn: readMe,
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
  if (!met) return false
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

/** The session is the browser's: all its tabs hear of a change of it. */
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('chengqiao.session')

/**
 * Hears of a session that another tab has begun or turned to another organisation: this one acts for the same from then
 * on. What is written here stays; that a session has ended is told by the next refusal. Gives back how to stop.
 */
export function onSessionElsewhere(tell: (now: Me) => void): () => void {
  const heed = async () => {
    const before = met
    const now = await readMe().catch(() => null)
    if (!now?.signed_in) return
    if (before?.account_id === now.account_id) void readAgain(queryClient, now)
    else void startAfresh(queryClient, now)
    if (before?.account_id !== now.account_id || before?.acting_organisation_id !== now.acting_organisation_id) tell(now)
  }
  const listen = () => void heed()
  tabs?.addEventListener('message', listen)
  return () => tabs?.removeEventListener('message', listen)
}

const ofOthers = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== meKey[0] }

/** Keeps who one is from now on. What was asked before may be answered after, and tells who one was: it is called off. */
export async function setMe(client: QueryClient, me: Me): Promise<void> {
  await client.cancelQueries({ queryKey: meKey })
  client.setQueryData(meKey, me)
}

/** Reads everything again as the same person, who may act for another organisation now. */
async function readAgain(client: QueryClient, me: Me): Promise<void> {
  await setMe(client, me)
  client.removeQueries({ type: 'inactive', ...ofOthers })
  await client.invalidateQueries(ofOthers)
}

/** Forgets everything read as somebody else. */
async function startAfresh(client: QueryClient, me: Me): Promise<void> {
  meet(me.signed_in ? me : undefined)
  await setMe(client, me)
  client.removeQueries({ type: 'inactive', ...ofOthers })
  void client.resetQueries({ type: 'active', ...ofOthers })
}

/** startAfresh, told to the other tabs. */
export async function beginSession(client: QueryClient, me: Me): Promise<void> {
  await startAfresh(client, me)
  tabs?.postMessage(null)
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (form: Schema<'SignIn'>) => dataOf(api.POST('/session', { body: form })),
    onSuccess: (me) => beginSession(client, me),
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
    onSuccess: (me) => beginSession(client, me),
  })
}
