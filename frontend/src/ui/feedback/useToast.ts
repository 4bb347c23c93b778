import { readonly, ref } from 'vue'

/** A short notice that something was done; it goes by itself. */
export interface Toast {
  id: number
  text: string
  tone: 'done' | 'failed'
}

const toasts = ref<Toast[]>([])
let next = 1

function show(text: string, tone: Toast['tone']): void {
  const id = next++
  toasts.value.push({ id, text, tone })
  setTimeout(() => dismiss(id), tone === 'failed' ? 9000 : 5000)
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Notices over the page; ToastStack shows them. */
export function useToast() {
  return {
    toasts: readonly(toasts),
    done: (text: string) => show(text, 'done'),
    failed: (text: string) => show(text, 'failed'),
    dismiss,
  }
}
