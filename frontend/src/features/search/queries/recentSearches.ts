import { ref } from 'vue'

const storageKey = 'chengqiao.recent-searches'
const kept = 6

/** What was searched for on this device, the latest first. It never leaves it. */
const recent = ref<string[]>(read())

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(stored) ? stored.filter((each): each is string => typeof each === 'string').slice(0, kept) : []
  } catch {
    return [] // a storage that is closed or holds something else remembers nothing
  }
}

function write(list: string[]): void {
  recent.value = list
  try {
    if (list.length) localStorage.setItem(storageKey, JSON.stringify(list))
    else localStorage.removeItem(storageKey)
  } catch {
    // Then it is remembered until the page is left.
  }
}

export function useRecentSearches() {
  function remember(words: string): void {
    if (words) write([words, ...recent.value.filter((each) => each !== words)].slice(0, kept))
  }
  return { recent, remember, forget: () => write([]) }
}
