import type { RouteRecordRaw } from 'vue-router'

const history = () => import('./pages/ListingHistoryPage.vue')

const routes: RouteRecordRaw[] = [
  { path: '/confirm', component: () => import('./pages/ConfirmPage.vue'), meta: { title: 'listing.confirm.title' } },
  { path: '/my/listings', component: () => import('./pages/MyListingsPage.vue'), meta: { work: true, title: 'shell.nav.listings' } },
  { path: '/my/achievements/:id/history', component: history, props: { kind: 'achievement' }, meta: { work: true, title: 'listing.history.title' } },
  { path: '/my/packages/:id/history', component: history, props: { kind: 'package' }, meta: { work: true, title: 'listing.history.title' } },
  { path: '/my/needs/:id/history', component: history, props: { kind: 'need' }, meta: { work: true, title: 'listing.history.title' } },
]

export default routes
