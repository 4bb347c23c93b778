import { computed, readonly, ref } from 'vue'

/** What the reader chose: the system's wish, or one of the two. */
export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'cq.theme'
const theme = ref<Theme>(stored())
const systemDark = ref(false)

const media = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null
if (media) {
  systemDark.value = media.matches
  media.addEventListener('change', (event) => (systemDark.value = event.matches))
}

function stored(): Theme {
  const value = document.documentElement.dataset.theme
  return value === 'light' || value === 'dark' ? value : 'system'
}

function setTheme(next: Theme): void {
  theme.value = next
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    if (next === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, next)
  } catch {
    // Without storage the choice lasts for this visit.
  }
}

/** The colour theme; `dark` is what is really shown. */
export function useTheme() {
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemDark.value))
  return { theme: readonly(theme), dark, setTheme }
}
