/** For tests of components below the browser: finds elements in what a component without state returns. */
import { Children, isValidElement, type ReactElement, type ReactNode } from "react";

// biome-ignore lint/suspicious/noExplicitAny: props are whatever the component gave.
type Props = Record<string, any>;

/** All elements of `node`, depth first; components in it stay as they are. */
export function elements(node: ReactNode): ReactElement<Props>[] {
  return Children.toArray(node).flatMap((child) =>
    isValidElement<Props>(child) ? [child, ...elements(child.props.children)] : [],
  );
}

/** The props of the element with this test id. */
export function propsOf(node: ReactNode, testId: string): Props {
  const found = elements(node).find(({ props }) => props["data-testid"] === testId);
  if (!found) throw new Error(`no ${testId}`);
  return found.props;
}
