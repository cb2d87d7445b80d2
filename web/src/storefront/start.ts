export {}

/** What the server has drawn is seen before anything of the application is fetched: on a slow line its scripts would take
 *  the way of what a buyer came for. The shell (src/http/web/shell.rs) says which they are. */
const said = document.querySelector<HTMLScriptElement>('script[data-main]')
const main = said?.dataset.main

function fetchAll(): void {
  for (const href of said?.dataset.needs?.split(' ').filter(Boolean) ?? []) {
    const link = document.createElement('link')
    link.rel = 'modulepreload'
    link.href = href
    document.head.append(link)
  }
  if (main) void import(/* @vite-ignore */ main)
}

let begun = false
const begin = (): void => {
  if (!begun) fetchAll()
  begun = true
}
// A page in the background is not drawn: it does not wait.
if (document.hidden) begin()
else {
  requestAnimationFrame(() => setTimeout(begin))
  setTimeout(begin, 300)
}
