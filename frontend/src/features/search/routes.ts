import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  {
    // One record with two addresses: typing on the home page turns it into the
    // results without losing the input.
    path: '/',
    alias: '/search',
    component: () => import('./pages/SearchPage.vue'),
    meta: { ownSearch: true, compares: true },
  },
  { path: '/my/searches', component: () => import('./pages/SavedSearchesPage.vue'), meta: { work: true, title: 'search.saved.title' } },
  { path: '/my/searches/:id', component: () => import('./pages/ToldPage.vue'), meta: { work: true, compares: true, title: 'search.told.title' } },
]

export default routes
