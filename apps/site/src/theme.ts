/** The choice of a theme: kept where storage is allowed, for this page alone where it is not. */
const KEY = 'starlight-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function stored(): string {
  try {
    return localStorage.getItem(KEY) || 'auto';
  } catch {
    return 'auto';
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(KEY, theme === 'auto' ? '' : theme);
  } catch {
    // Denied: the choice holds until the page is left.
  }
}

export function startThemes(): void {
  let theme = stored();
  const selects = document.querySelectorAll<HTMLSelectElement>('[data-theme-select]');
  const show = () => {
    const isDark = theme === 'dark' || (theme === 'auto' && system.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    for (const select of selects) select.value = theme;
  };
  for (const select of selects) {
    select.closest('label')!.hidden = false;
    select.addEventListener('change', () => {
      theme = select.value;
      keep(theme);
      show();
    });
  }
  system.addEventListener('change', show);
  show();
}
