import { useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { newIdempotencyKey, type Schema } from '@/api/client'
import { toProblem } from '@/api/problem'
import type { AutosaveState } from '@/ui/feedback/AutosaveIndicator.vue'
import type { FormFaults } from '@/ui/form/faults'
import { listingKeys, takeStep, type ListingHead, type ListingKind } from './listings'

/** A working copy as the API gives it. */
export interface Draft<Content> {
  head: ListingHead
  content: Content
  problems?: Schema<'FieldProblem'>[]
  quality?: Schema<'Quality'>
}

/** How one kind of listing is drafted, and how its content maps to the form and back. */
export interface DraftSource<Content, Form> {
  kind: ListingKind
  create: (content: Content, key: string) => Promise<Draft<Content>>
  load: (id: string) => Promise<Draft<Content>>
  save: (id: string, version: number, content: Content) => Promise<Draft<Content>>
  toForm: (content: Content) => Form
  toContent: (form: Form) => Content
  /** Nothing is stored before this holds: a listing needs a title. */
  worthSaving: (form: Form) => boolean
}

const pause = 900 // ms without typing before a save

/**
 * A form that saves itself. Saves never overlap: a change during one is saved
 * after it. The first save creates the draft; `onCreated` moves the address
 * to it. What was typed is never replaced by what the server sends back.
 */
export function useDraft<Content, Form extends object>(
  source: DraftSource<Content, Form>,
  id: Ref<string | undefined>,
  faults: FormFaults,
  onCreated: (id: string) => void,
) {
  const client = useQueryClient()
  const form = ref<Form>() as Ref<Form | undefined>
  const head = ref<ListingHead>()
  const problems = ref<Schema<'FieldProblem'>[]>([])
  const quality = ref<Schema<'Quality'>>()
  const state = ref<AutosaveState>('idle')
  const savedAt = ref<string | null>(null)
  const loadError = ref<unknown>(null)
  const stale = ref(false)

  let creationKey = newIdempotencyKey()
  let stored = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null

  const written = computed(() => (form.value ? JSON.stringify(source.toContent(form.value)) : ''))

  async function load(): Promise<void> {
    loadError.value = null
    stale.value = false
    try {
      if (id.value === undefined) {
        form.value = source.toForm({} as Content)
        stored = written.value
        return
      }
      const draft = await source.load(id.value)
      form.value = source.toForm(draft.content)
      take(draft)
      stored = written.value
      state.value = 'idle'
    } catch (error) {
      loadError.value = error
    }
  }

  function take(draft: Draft<Content>): void {
    head.value = draft.head
    problems.value = draft.problems ?? []
    quality.value = draft.quality
  }

  async function write(): Promise<void> {
    if (!form.value || !source.worthSaving(form.value) || stale.value) return
    const text = written.value
    if (text === stored) return
    state.value = 'saving'
    try {
      const content = source.toContent(form.value)
      const draft = head.value
        ? await source.save(head.value.id, head.value.version, content)
        : await source.create(content, creationKey)
      const created = head.value === undefined
      take(draft)
      stored = text
      savedAt.value = new Date().toISOString()
      faults.clear()
      state.value = written.value === stored ? 'saved' : 'dirty' // typed on meanwhile: its own timer runs
      if (created) {
        creationKey = newIdempotencyKey()
        onCreated(draft.head.id)
      }
    } catch (error) {
      const problem = toProblem(error)
      stale.value = problem.status === 412
      faults.mark(problem)
      state.value = 'failed'
    }
  }

  /** Saves what is not saved yet; resolves when nothing is left to save or saving failed. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    while (running) await running
    running = write().finally(() => (running = null))
    await running
    return written.value === stored
  }

  watch(written, (text) => {
    if (text === stored || !form.value) return
    if (state.value !== 'saving') state.value = 'dirty'
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), pause) // flush waits for a save on its way
  })

  /** Hands the draft in for review; its faults stand in the form if it is refused. */
  async function submit(): Promise<ListingHead | null> {
    if (!(await flush()) || !head.value) {
      if (!head.value) faults.set([{ path: 'title', code: 'required' }])
      else if (faults.fields.value.length || faults.problem.value) faults.attempt.value++
      return null
    }
    try {
      const after = await takeStep(source.kind, head.value.id, head.value.version, { action: 'submit' })
      head.value = after
      await client.invalidateQueries({ queryKey: listingKeys.all })
      return after
    } catch (error) {
      faults.fail(error)
      return null
    }
  }

  const warn = (event: BeforeUnloadEvent) => {
    if (state.value === 'dirty' || state.value === 'saving' || state.value === 'failed') event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onBeforeUnmount(() => {
    clearTimeout(timer)
    window.removeEventListener('beforeunload', warn)
    void client.invalidateQueries({ queryKey: listingKeys.all })
  })
  onBeforeRouteLeave(async () => {
    if (state.value === 'dirty' || state.value === 'saving') await flush()
    return true
  })

  // Another listing under the same page; our own new one is at hand already.
  watch(id, (next) => {
    if (next !== undefined && next === head.value?.id) return
    clearTimeout(timer)
    form.value = undefined
    head.value = undefined
    problems.value = []
    quality.value = undefined
    faults.clear()
    void load()
  })

  void load()
  return { form, head, problems, quality, state, savedAt, stale, loadError, load, flush, submit }
}
