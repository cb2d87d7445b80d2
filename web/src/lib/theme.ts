export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const kept = 'cardamom:theme'

/** What was chosen in this browser; the system's own way where nothing was. */
export function chosenTheme(): Theme {
  try {
    return themes.find((one) => one === localStorage.getItem(kept)) ?? 'system'
  } catch {
    return 'system'
  }
}

/** Shows the page in a theme; `ui/theme.css` says what that means. */
function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(kept)
    else localStorage.setItem(kept, theme)
  } catch {
    // It holds until the page is left.
  }
  show(theme)
}

/** To be called before the first render; another tab's choice is followed. */
export function startTheme(): void {
  show(chosenTheme())
  addEventListener('storage', (event) => {
    if (event.key === kept) show(chosenTheme())
  })
}
