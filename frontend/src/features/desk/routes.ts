import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./pages/DeskPage.vue')

const routes: RouteRecordRaw[] = [
  { path: '/desk', redirect: '/desk/needs' },
  { path: '/desk/needs', component: page, props: { list: 'needs' }, meta: { work: true, title: 'desk.title' } },
  { path: '/desk/matches', component: page, props: { list: 'matches' }, meta: { work: true, title: 'desk.title' } },
  { path: '/desk/proposals', component: page, props: { list: 'proposals' }, meta: { work: true, title: 'desk.title' } },
]

export default routes
