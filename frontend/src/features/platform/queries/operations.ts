import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'

export type DeadLetter = Schema<'DeadLetter'>
export type Backlog = Schema<'Backlog'>
export type AuditEntry = Schema<'AuditEntry'>

/** Which lines of the audit are read; empty answers choose all. */
export interface AuditFilter {
  kind: string
  subject: string
}

/** The kinds of things that the audit speaks of. */
export const auditKinds = ['account', 'session', 'person', 'organisation', 'achievement', 'achievement_revision', 'package', 'package_revision', 'need', 'need_revision', 'match', 'introduction', 'deal', 'contract', 'receipt', 'plan', 'distribution', 'file', 'synonym_group', 'agreement', 'aside', 'contribution', 'credential', 'dead_letter', 'duplicate', 'embedding', 'file_request', 'import', 'note', 'proposal', 'saved_search', 'token', 'webhook'] as const

/** How often the page looks what still waits: what the workers are at is done in seconds. */
const backlogPause = 10_000

const operationKeys = {
  backlogs: ['platform', 'backlogs'] as const,
  deadLetters: ['platform', 'dead-letters'] as const,
  audit: (filter: AuditFilter) => ['platform', 'audit', filter] as const,
}

/** What every consumer of events has yet to be told. */
export function useBacklogs() {
  return useQuery({ queryKey: operationKeys.backlogs, queryFn: () => dataOf(api.GET('/platform/backlogs')), refetchInterval: backlogPause })
}

/** Deliveries that were given up after all attempts, page after page. How many there are of each consumer, the backlogs tell. */
export function useDeadLetters() {
  return useInfiniteQuery({
    queryKey: operationKeys.deadLetters,
    queryFn: ({ pageParam }) => dataOf(api.GET('/platform/dead-letters', { params: { query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

function useQueued() {
  const client = useQueryClient()
  return () => Promise.all([operationKeys.deadLetters, operationKeys.backlogs].map((queryKey) => client.invalidateQueries({ queryKey })))
}

/** Sends one delivery again. */
export function useRetryDeadLetter() {
  return useMutation({
    mutationFn: (letter: DeadLetter) =>
      api.POST('/platform/dead-letters/{id}/{consumer}/retry', { params: { path: { id: letter.event_id, consumer: letter.consumer } } }),
    onSettled: useQueued(),
  })
}

/** Sends again what was given up for one consumer, and says how many deliveries that were. */
export function useRetryDeadLetters() {
  return useMutation({
    mutationFn: (consumer: string) => dataOf(api.POST('/platform/dead-letters/retry', { body: { consumer } })),
    onSettled: useQueued(),
  })
}

/** Who did what, newest first, page after page. */
export function useAudit(filter: Ref<AuditFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => operationKeys.audit(filter.value)),
    queryFn: ({ pageParam }) => {
      const { kind, subject } = filter.value
      return dataOf(api.GET('/platform/audit', { params: { query: { kind: kind || undefined, subject_id: subject || undefined, cursor: pageParam || undefined, page_size: 50 } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** The message that names a consumer: it may have spaces, which no key has. */
export function consumerKey(consumer: string): string {
  return `platform.backlog.consumer.${consumer.replaceAll(' ', '_')}`
}

const pages: Record<string, string> = { organisation: 'organisations', achievement: 'achievements', package: 'packages', need: 'needs' }

/** The page about what a line speaks of, where the operator can open one: deals and money are the parties' own. */
export function subjectAddress(entry: Pick<AuditEntry, 'kind' | 'subject_id'>): string | null {
  const page = pages[entry.kind ?? '']
  return page && entry.subject_id ? `/${page}/${entry.subject_id}` : null
}
