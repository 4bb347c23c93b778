import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import type { ListingKind } from '@/features/listing/queries/listings'

export type Note = Schema<'Note'>

/** What notes are about: one listing, or all of them. */
export interface NoteSubject {
  kind: ListingKind
  id: string
}

const noteKey = ['notes'] as const

/** The acting organisation's own notes, newest first. */
export function useNotes(subject: Ref<NoteSubject | undefined>, enabled?: Ref<boolean>) {
  return useInfiniteQuery({
    queryKey: computed(() => [...noteKey, subject.value?.kind ?? '', subject.value?.id ?? '']),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/notes', { params: { query: { kind: subject.value?.kind, subject_id: subject.value?.id, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled,
  })
}

function useChange<Input>(change: (input: Input) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: noteKey }) })
}

/** Writes a note on a listing. */
export function useWriteNote() {
  return useChange(({ kind, id, text }: NoteSubject & { text: string }) =>
    dataOf(api.POST('/notes', { params: { header: { 'Idempotency-Key': newIdempotencyKey() } }, body: { kind, subject_id: id, text } })),
  )
}

/** Puts another text into a note. */
export function useChangeNote() {
  return useChange(({ note, text }: { note: Note; text: string }) =>
    dataOf(api.PUT('/notes/{id}', { params: { path: { id: note.id }, header: ifMatch(note.version) }, body: { text } })),
  )
}

/** Removes a note for good. */
export function useDeleteNote() {
  return useChange((note: Note) => api.DELETE('/notes/{id}', { params: { path: { id: note.id }, header: ifMatch(note.version) } }))
}
