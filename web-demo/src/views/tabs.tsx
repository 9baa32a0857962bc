// One view at a time, by the pattern for tabs: arrow keys move, the address remembers.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

type View = [id: string, title: string, content: ComponentChildren];

interface TabsProps {
  views: View[];
  /** Whether the page's address says which view is open; not where the page is somebody else's. */
  remember?: boolean;
  /** A view that something beside the tabs asks for; asked for again, it is another object. */
  asked?: { view: string } | undefined;
}

export function Tabs({ views, remember = true, asked }: TabsProps) {
  const [chosen, go] = useState(() => views.find(([id]) => remember && `#${id}` === location.hash)?.[0]);
  const current = views.some(([id]) => id === chosen) ? chosen : views[0]?.[0];
  const list = useRef<HTMLDivElement>(null);
  const follow = (wanted: string | undefined) => {
    const [id] = views.find(([name]) => name === wanted) ?? [];
    if (id === undefined) return;
    go(id);
    list.current?.querySelector<HTMLElement>(`#tab-${id}`)?.focus();
    list.current?.scrollIntoView({ block: 'start' });
  };
  useEffect(() => follow(asked?.view), [asked]);
  useEffect(() => {
    const hear = () => follow(location.hash.slice(1));
    if (remember) addEventListener('hashchange', hear);
    return () => removeEventListener('hashchange', hear);
  }, [views, remember]);
  const select = (id: string | undefined) => {
    if (id === undefined) return;
    go(id);
    if (remember) history.replaceState(null, '', `#${id}`);
    list.current?.querySelector<HTMLElement>(`#tab-${id}`)?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const at = views.findIndex(([id]) => id === current);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(views.at(next % views.length)?.[0]);
  };
  return (
    <div class="tabbed">
      <div class="tabs" role="tablist" aria-label="More about this verdict" ref={list} onKeyDown={move}>
        {views.map(([id, title]) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === current}
            aria-controls={`view-${id}`}
            tabIndex={id === current ? 0 : -1}
            onClick={() => select(id)}
          >
            {title}
          </button>
        ))}
      </div>
      {views.map(([id, , content]) => (
        <div key={id} id={`view-${id}`} class="view" role="tabpanel" aria-labelledby={`tab-${id}`} tabIndex={0} hidden={id !== current}>
          {id === current && content}
        </div>
      ))}
    </div>
  );
}
