import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'
import { listingKeys, type ListingKind } from '@/features/listing/queries/listings'

export type CheckAnswer = Schema<'CheckAnswer'>
export type Submission = Schema<'Submission'>
export type Change = Submission['changes'][number]

/** What the reviewer wants to see of the queue; it stands in the address. */
export interface QueueChoice {
  kind?: ListingKind
  technical_field?: string
  waiting_days?: number
  claim?: 'free' | 'mine'
}

const reviewKeys = {
  all: ['reviews'] as const,
  queue: (choice: QueueChoice) => [...reviewKeys.all, 'queue', choice] as const,
  of: (kind: ListingKind, id: string) => [...reviewKeys.all, kind, id] as const,
}

function fetchQueue(choice: QueueChoice, size: number, cursor?: string) {
  return dataOf(api.GET('/reviews', { params: { query: { ...choice, cursor: cursor || undefined, page_size: size } } }))
}

/** The listings that wait for review, oldest first. */
export function useReviews(choice: Ref<QueueChoice>) {
  return useInfiniteQuery({
    queryKey: computed(() => reviewKeys.queue(choice.value)),
    queryFn: ({ pageParam }) => fetchQueue(choice.value, 30, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** Takes the oldest submission that nobody else has and that the reviewer may decide; null when there is none. */
export async function claimNext(choice: QueueChoice): Promise<{ kind: ListingKind; id: string } | null> {
  const { items } = await fetchQueue({ ...choice, claim: 'free' }, 20)
  for (const head of items) {
    if (!head.actions?.includes('publish')) continue // the reviewer's own organisation's
    const taken = await api.PUT('/reviews/{kind}/{id}/claim', { params: { path: { kind: head.kind, id: head.id } } }).then(() => true, () => false)
    if (taken) return { kind: head.kind, id: head.id }
  }
  return null
}

/** The points to check, who has it, and what changed since the last round. */
export function useReview(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => reviewKeys.of(kind.value, id.value)),
    queryFn: () => dataOf(api.GET('/reviews/{kind}/{id}', { params: { path: { kind: kind.value, id: id.value } } })),
    retry: false,
  })
}

/** Has a submission before oneself, or gives it back. */
export function useClaim(kind: Ref<ListingKind>, id: Ref<string>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (take: boolean) => {
      const params = { params: { path: { kind: kind.value, id: id.value } } }
      if (take) await dataOf(api.PUT('/reviews/{kind}/{id}/claim', params))
      else await dataOf(api.DELETE('/reviews/{kind}/{id}/claim', params))
    },
    onSettled: () => client.invalidateQueries({ queryKey: reviewKeys.all }),
  })
}

/** What was submitted, whole: a reviewer sees every tier. */
export function useSubmission(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => [...listingKeys.of(kind.value, id.value), 'submission']),
    queryFn: async () => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return { kind: 'achievement' as const, ...(await dataOf(api.GET('/achievements/{id}/draft', params))) }
      if (kind.value === 'package') return { kind: 'package' as const, ...(await dataOf(api.GET('/packages/{id}/draft', params))) }
      return { kind: 'need' as const, ...(await dataOf(api.GET('/needs/{id}/draft', params))) }
    },
  })
}

/** The answers a reviewer can give reasons for, by kind of listing. */
export const reviewFields: Record<ListingKind, string[]> = {
  achievement: ['title', 'value_line', 'abstract', 'details', 'claims', 'trl', 'trl_evidence', 'ip_items', 'contributors', 'technical_field', 'industry', 'region', 'cooperation', 'price', 'tiers'],
  package: ['title', 'value_line', 'description', 'components', 'technical_field', 'industry', 'region', 'cooperation', 'price', 'tiers'],
  need: ['title', 'problem', 'technical_key', 'expected_goal', 'requirements', 'technical_field', 'industry', 'region', 'budget_max', 'deadline', 'tiers'],
}

/** A point of the checklist as the reviewer works on it. */
export interface WorkedPoint {
  code: string
  fields: string[]
  ok: boolean | null
  reason: string
}

/** Why an answer goes back. */
export interface FieldReason {
  path: string
  reason: string
}

/** A reviewer's work on a submission that is not decided yet, with the round that it is about. */
export interface ReviewWork {
  round: number
  anew: boolean
  points: WorkedPoint[]
  returning: boolean
  reason: string
  reasons: FieldReason[]
}

/** A review that nothing is said in yet. */
export function beginReview({ round, checklist }: Submission): ReviewWork {
  return { round, anew: false, points: checklist.map(({ code, fields }) => ({ code, fields, ok: null, reason: '' })), returning: false, reason: '', reasons: [] }
}

/** Where the work on a submission is kept. */
export const reviewPlace = ({ kind, id }: { kind: ListingKind; id: string }): string => `review ${kind} ${id}`

/** The points not right, as reasons by field: what a return begins with. */
export function reasonsOf(points: WorkedPoint[], kind: ListingKind): FieldReason[] {
  const out: FieldReason[] = []
  for (const point of points) {
    if (point.ok !== false || !point.reason.trim()) continue
    const path = point.fields.find((field) => reviewFields[kind].includes(field)) ?? point.fields[0] ?? 'title'
    const known = out.find((each) => each.path === path)
    if (known) known.reason += `\n${point.reason.trim()}`
    else out.push({ path, reason: point.reason.trim() })
  }
  return out
}

/** The answers given so far, as a decision carries them. */
export function answersOf(points: WorkedPoint[]): CheckAnswer[] {
  return points.flatMap(({ code, ok, reason }) =>
    ok === null || (!ok && !reason.trim()) ? [] : [ok ? { code, ok } : { code, ok, reason: reason.trim() }],
  )
}
