// What kind of browser this is, where that changes what a person has to know.

const APPS = [
  [/FBAN|FBAV|FB_IAB|Messenger/, "Facebook"],
  [/Instagram/, "Instagram"],
  [/\bLine\//, "LINE"],
  [/MicroMessenger/, "WeChat"],
  [/KAKAOTALK/, "KakaoTalk"],
  [/LinkedInApp/, "LinkedIn"],
  [/Snapchat/, "Snapchat"],
  [/musical_ly|BytedanceWebview|TikTok/, "TikTok"],
  [/Twitter/, "X"],
  [/Telegram/, "Telegram"],
  [/WhatsApp/, "WhatsApp"],
  [/TeamsMobile|Teams\//, "Teams"],
  [/Slack/, "Slack"],
];

// The app whose built-in browser this is; "" when it is a browser of its own.
export function insideApp({ userAgent = navigator.userAgent, standalone = navigator.standalone } = {}) {
  const app = APPS.find(([pattern]) => pattern.test(userAgent));
  if (app) return app[1];
  if (/; wv\)/.test(userAgent)) return "an app";
  const view = /iPhone|iPad|iPod/.test(userAgent) && !/Safari\//.test(userAgent);
  return view && !standalone ? "an app" : "";
}

// iPads say that they are Macs.
export const isApple = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
