// The picture that a <video> shows before its first. When seconds are taken out it may be one of them: so it goes at
// once, and the present one takes its place when it has come.
let times = 0;

export function poster(video) {
  let address = video.getAttribute("poster");
  let coming = null;
  return {
    renew() {
      address = video.getAttribute("poster") ?? address;
      video.removeAttribute("poster");
      if (!address) return;
      times += 1;
      const image = new Image();
      coming = image;
      image.addEventListener("load", () => coming === image && (video.poster = image.src));
      image.src = `${address.split("?")[0]}?again=${times}`;
    },
    stop() {
      coming = null;
    },
  };
}
