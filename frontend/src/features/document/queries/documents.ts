import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, newIdempotencyKey, type Schema } from '@/api/client'
import type { Sending } from '@/api/sending'
import { listingKeys, type ListingKind } from '@/features/listing/queries/listings'

export type DocumentFile = Schema<'File'>
export type FileRequest = Schema<'FileRequest'>
export type FileRequestStep = Schema<'FileRequestStep'>
export type Box = 'received' | 'sent'

/** What a person chooses of the log of who saw what; empty is everything. */
export interface DisclosureFilter {
  listing_id: string
  organisation_id: string
  account_id: string
  tier: string
  what: string
  from: string
  until: string
}

export const documentKeys = {
  requests: (box: Box) => ['file-requests', box] as const,
  reads: (id: string) => ['file-reads', id] as const,
  disclosures: (filter: DisclosureFilter) => ['disclosures', filter] as const,
}

/** The documents of a listing as far as the reader knows of them. */
export function useDocuments(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.files(kind.value, id.value)),
    queryFn: () => dataOf(api.GET('/files', { params: { query: { kind: kind.value, subject_id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}

/** What an upload says beside the file itself. */
export interface NewDocument {
  kind: ListingKind
  subject_id: string
  tier: Schema<'Tier'>
  on_request: boolean
  /** A version of the document of which this is the next. */
  replaces?: string
  file: File
  by: Sending
}

/** Uploads a document or the next version of one. The fields come before the bytes. */
export function useUpload() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ by, ...document }: NewDocument) =>
      dataOf(
        api.POST('/files', {
          body: { ...document, file: document.file as unknown as string },
          bodySerializer: () => {
            const form = new FormData()
            form.append('kind', document.kind)
            form.append('subject_id', document.subject_id)
            form.append('tier', document.tier)
            form.append('on_request', String(document.on_request))
            if (document.replaces) form.append('replaces', document.replaces)
            form.append('file', document.file)
            return form
          },
          ...by,
        }),
      ),
    onSettled: (_file, _error, document) => client.invalidateQueries({ queryKey: listingKeys.files(document.kind, document.subject_id) }),
  })
}

/** Who was given a document, newest first; for its owner. */
export function useReads(id: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => documentKeys.reads(id.value)),
    queryFn: ({ pageParam }) => dataOf(api.GET('/files/{id}/reads', { params: { path: { id: id.value }, query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** Asks a document's owner for access. */
export function useAsk() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason, original }: { id: string; reason: string; original: boolean }) =>
      dataOf(api.POST('/files/{id}/requests', { params: { path: { id }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: { reason, original } })),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: listingKeys.all }), client.invalidateQueries({ queryKey: ['file-requests'] })]),
  })
}

/** Requests for documents that the acting organisation got or made, newest first. */
export function useFileRequests(box: Ref<Box>) {
  return useInfiniteQuery({
    queryKey: computed(() => documentKeys.requests(box.value)),
    queryFn: ({ pageParam }) => dataOf(api.GET('/file-requests', { params: { query: { box: box.value, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** Grants, declines, withdraws or revokes. */
export function useDecide() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, step }: { id: string; step: FileRequestStep }) => dataOf(api.POST('/file-requests/{id}/steps', { params: { path: { id } }, body: step })),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['file-requests'] }),
        client.invalidateQueries({ queryKey: ['tasks'] }),
        client.invalidateQueries({ queryKey: listingKeys.all }),
      ]),
  })
}

/** The parts of a filter that say something. */
export function chosen(filter: DisclosureFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
}

/** Who of other organisations saw what of the own listings and documents, newest first. */
export function useDisclosures(filter: Ref<DisclosureFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => documentKeys.disclosures(filter.value)),
    queryFn: ({ pageParam }) => dataOf(api.GET('/disclosures', { params: { query: { ...chosen(filter.value), cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}
