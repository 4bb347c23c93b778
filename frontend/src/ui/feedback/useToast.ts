import { readonly, ref } from 'vue'

/** What a notice offers beside being read: to undo what was done, say. */
export interface ToastAction {
  label: string
  run: () => unknown
}

/** A short notice that something was done; it goes by itself. */
export interface Toast {
  id: number
  text: string
  tone: 'done' | 'failed'
  action?: ToastAction
}

/** How many notices stand at a time: who decides quickly would have the page covered. */
const most = 3

const toasts = ref<Toast[]>([])
/** When each goes; one that is held has none. */
const timers = new Map<number, ReturnType<typeof setTimeout>>()
let next = 1

/** How long a notice stays, in milliseconds: longer where there is something to decide. */
function stay({ tone, action }: Toast): number {
  if (action) return 10_000
  return tone === 'failed' ? 9000 : 5000
}

function show(text: string, tone: Toast['tone'], action?: ToastAction): void {
  const toast = { id: next++, text, tone, action }
  toasts.value.push(toast)
  release(toast)
  const passing = toasts.value.filter(({ id }) => timers.has(id))
  passing.slice(0, Math.max(0, toasts.value.length - most)).forEach(({ id }) => dismiss(id))
}

function dismiss(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** While somebody points at a notice or is in it, it stays. */
function hold(toast: Toast): void {
  clearTimeout(timers.get(toast.id))
  timers.delete(toast.id)
}

function release(toast: Toast): void {
  hold(toast)
  timers.set(toast.id, setTimeout(() => dismiss(toast.id), stay(toast)))
}

/** Notices over the page; ToastStack shows them. */
export function useToast() {
  return {
    toasts: readonly(toasts),
    done: (text: string, action?: ToastAction) => show(text, 'done', action),
    failed: (text: string) => show(text, 'failed'),
    dismiss,
    hold,
    release,
  }
}
