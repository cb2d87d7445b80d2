export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** A cookie, so that the server's shell (src/http/web/theme.rs) writes the page in it from its first byte. It says
 *  nothing about anybody, and the API reads no cookies. */
const name = 'cardamom-theme'
/** As long as browsers keep one, in seconds. */
const kept = 400 * 86_400
/** Other tabs hear of a choice. */
const tabs = 'cardamom:theme'
let told: BroadcastChannel | null = null

/** What was chosen in this browser; the system's own way where nothing was. */
export function chosenTheme(): Theme {
  const said = document.cookie.split('; ').find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
  return themes.find((one) => one === said) ?? 'system'
}

/** Shows the page in a theme; `ui/theme.css` says what that means. */
function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function chooseTheme(theme: Theme): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `${name}=${theme}; path=/; max-age=${theme === 'system' ? 0 : kept}; samesite=lax${secure}`
  show(theme)
  told?.postMessage(theme)
}

/** To be called before the first render; another tab's choice is followed. */
export function startTheme(): void {
  show(chosenTheme())
  told = new BroadcastChannel(tabs)
  told.onmessage = ({ data }) => show(themes.find((one) => one === data) ?? 'system')
}
