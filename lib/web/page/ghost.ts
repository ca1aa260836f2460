/**
 * The last picture of a desktop, left in its place while there is no connection.
 *
 * @module
 */
import { element } from "./dom.ts";

const canvas = () => element("ghost", HTMLCanvasElement);

/** Copies a picture to where it is seen now. */
export function keepPicture(picture: HTMLCanvasElement): void {
  const place = picture.getBoundingClientRect();
  const ghost = canvas();
  // noVNC makes its canvas as large as the desktop once it knows that; a picture of nothing is not kept.
  if (picture.width === 0 || picture.height === 0 || place.width === 0) return;
  ghost.width = picture.width;
  ghost.height = picture.height;
  ghost.getContext("2d")!.drawImage(picture, 0, 0);
  const stage = ghost.parentElement!.getBoundingClientRect();
  ghost.style.left = `${place.left - stage.left}px`;
  ghost.style.top = `${place.top - stage.top}px`;
  ghost.style.width = `${place.width}px`;
  ghost.style.height = `${place.height}px`;
  ghost.hidden = false;
}

/** The desktop itself is to be seen again. */
export function dropPicture(): void {
  canvas().hidden = true;
}
