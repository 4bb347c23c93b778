import { watch } from 'vue'
import { createRouter, createWebHistory, START_LOCATION, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router'
import { ensureMe } from '@/features/account/queries/session'
import { composer } from '@/i18n'
import { useToast } from '@/ui/feedback/useToast'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title in i18n; pages about one thing set their own title when they know it. */
    title?: string
    /** Pages for work stand beside the side navigation and want a sign-in. */
    work?: boolean
    /** The page brings its own search box. */
    ownSearch?: boolean
    /** The page offers listings to be compared: what was chosen stands at its foot. */
    compares?: boolean
  }
}

/** Every feature lists its pages in routes.ts; a new feature needs no change here. The server knows their addresses from pages.json. */
const features = import.meta.glob<RouteRecordRaw[]>('../features/*/routes.ts', { eager: true, import: 'default' })

/** A draft that is saved for the first time takes its own address: who writes it is on the same page, and stays where they are. */
export function staysOnPage(to: RouteLocationNormalized, from: RouteLocationNormalized): boolean {
  return from.params.id === 'new' && to.matched[0] === from.matched[0]
}

/** A place on a page that stands there once what it shows has come; false when it has not, or somebody has gone on. */
function placeOf(to: RouteLocationNormalized): Promise<{ el: string; top: number } | false> {
  return new Promise((resolve) => {
    const id = to.hash.slice(1)
    const look = (last: boolean) => {
      const there = document.getElementById(id) !== null
      const gone = router.currentRoute.value.fullPath !== to.fullPath
      if (!there && !gone && !last) return
      watcher.disconnect()
      clearTimeout(timer)
      resolve(there && !gone ? { el: `#${CSS.escape(id)}`, top: 80 } : false)
    }
    const watcher = new MutationObserver(() => look(false))
    const timer = setTimeout(() => look(true), 10_000)
    watcher.observe(document.body, { childList: true, subtree: true })
    look(false)
  })
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...Object.values(features).flat(),
    { path: '/:path(.*)*', component: () => import('@/features/shell/pages/NotFoundPage.vue'), meta: { title: 'shell.notFound.title' } },
  ],
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.hash) {
      if (to.path !== from.path) window.scrollTo({ top: 0 })
      return placeOf(to)
    }
    return to.path === from.path || staysOnPage(to, from) ? undefined : { top: 0 }
  },
})

router.beforeEach(async (to) => {
  if (!to.meta.work) return true
  const me = await ensureMe().catch(() => null)
  // Where it cannot be known who comes, the page itself says so, and offers to try again.
  if (me === null || me.signed_in) return true
  return { path: '/sign-in', query: { next: to.fullPath } }
})

/** The code of a page could not be fetched: this program was replaced by a newer one, whose page is opened in full, or the line is down. */
router.onError(async (_error, to, from) => {
  const reached = await fetch('/theme.js', { cache: 'no-store' }).then(({ ok }) => ok, () => false)
  if (reached && from !== START_LOCATION) window.location.assign(to.fullPath)
  else useToast().failed(composer.t(`problem.code.${reached ? 'internal' : 'offline'}`))
})

/** The present page's own title, read again when the language changes. */
let pageTitle: () => string = () => ''

/** Names the page in the browser's tab. */
export function setPageTitle(title: string | (() => string)): void {
  pageTitle = typeof title === 'string' ? () => title : title
  showPageTitle()
}

function showPageTitle(): void {
  const name = composer.t('shell.name')
  const title = pageTitle()
  document.title = title ? `${title} · ${name}` : `${name} · ${composer.t('shell.tagline')}`
}

router.afterEach(({ meta: { title } }) => setPageTitle(() => (title ? composer.t(title) : '')))
watch(composer.locale, showPageTitle)
