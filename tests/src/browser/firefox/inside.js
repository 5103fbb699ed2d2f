/**
 * What the test harness does inside Firefox, in the browser's own window: pages by number, scripts in them,
 * input, pictures, and one extension's life. Sent once after the start; `mod.rs` and its neighbours call it.
 *
 * A page is the `<browser>` element that shows it: a tab's, the popup's or the sidebar's. Its browsing
 * context may change when it goes from a site to an extension's page; the element stays.
 */
(() => {
  const pages = new Map();
  let lastNumber = 0;

  /**
   * What runs beside a page, in its process, with the system's rights. Each is a function body with `given`.
   */
  const beside = {
    // As the console of the developer tools does: in the page's own global, whatever its content security
    // policy.
    evaluate: `
      const scope = globalThis.samlightScope ??= (() => {
        const { addDebuggerToGlobal } = ChromeUtils.importESModule("resource://gre/modules/jsdebugger.sys.mjs");
        addDebuggerToGlobal(globalThis);
        return new Debugger().makeGlobalObjectReference(window);
      })();
      document.notifyUserGestureActivation();
      const done = scope.executeInGlobal(given);
      if (!done) throw new Error("the script was stopped");
      if ("throw" in done) {
        const said = scope.executeInGlobalWithBindings("String(thrown)", { thrown: done.throw });
        return JSON.stringify({ thrown: said.return });
      }
      const settled = scope.executeInGlobalWithBindings(
        "Promise.resolve(value).then(it => JSON.stringify({ value: it ?? null }), it => JSON.stringify({ thrown: String(it) }))",
        { value: done.return },
      );
      return settled.return.unsafeDereference();`,
    shadows: `
      const text = (node) => {
        if (node.nodeType === 3) return node.nodeValue + " ";
        if (["style", "script", "template"].includes(node.localName)) return "";
        // The words of a sentence, marked or not, belong together.
        if (node.id === "why") return node.textContent + " ";
        return [...node.childNodes].map(text).join("");
      };
      return [...document.querySelectorAll(given)].map((host) => {
        const root = host.openOrClosedShadowRoot;
        return root ? text(root).split(/\\s+/).filter(Boolean).join(" ") : "";
      });`,
    click: `
      const { event } = ChromeUtils.importESModule("chrome://remote/content/shared/webdriver/Event.sys.mjs");
      for (const [type, buttons] of [["mousemove", 0], ["mousedown", 1], ["mouseup", 0]]) {
        await event.synthesizeMouseAtPoint(given.x, given.y, { type, button: 0, buttons, clickCount: 1 }, window);
      }`,
    choose: `
      Cu.importGlobalProperties(["File"]);
      const field = document.querySelector(given.selector);
      field.mozSetFileArray([await File.createFromFileName(given.file)]);
      field.dispatchEvent(new Event("change", { bubbles: true }));`,
    keys: `
      const { event } = ChromeUtils.importESModule("chrome://remote/content/shared/webdriver/Event.sys.mjs");
      const { keyData } = ChromeUtils.importESModule("chrome://remote/content/shared/webdriver/KeyData.sys.mjs");
      const held = Object.fromEntries(given.modifiers.map((name) => [name, true]));
      for (const key of given.keys) {
        const data = { ...keyData.getData(key), ...held };
        event.sendKeyDown(data, window);
        event.sendKeyUp(data, window);
      }`,
  };

  const browserOf = (page) => {
    const found = pages.get(page);
    if (!found?.isConnected) throw new Error("the page is gone");
    return found;
  };

  /** A number for this `<browser>`; the same each time. */
  const number = (browser) => {
    for (const [known, it] of pages) if (it === browser) return known;
    pages.set(++lastNumber, browser);
    return lastNumber;
  };

  const windows = () => [...Services.wm.getEnumerator("navigator:browser")];

  const policy = (id) => {
    const found = WebExtensionPolicy.getByID(id);
    if (!found) throw new Error(`there is no extension ${id}`);
    return found;
  };

  const until = async (what, condition) => {
    const end = Date.now() + 40_000;
    for (;;) {
      const value = condition();
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited for ${what}, in vain`);
      await new Promise((next) => setTimeout(next, 20));
    }
  };

  /** Waits until a browser shows an address, and gives its number. */
  const showing = async (what, find, url) =>
    number(await until(`${what} at ${url}`, () => {
      const browser = find();
      return browser?.currentURI?.spec === url && browser;
    }));

  /**
   * Raises the window, which another one may have covered or left without the focus: Firefox opens no popup
   * in a window that is not in front, and does not say so.
   */
  const inFront = () =>
    until("the window to come to the front", () => {
      if (Services.focus.activeWindow === window) return true;
      window.focus();
      return false;
    });

  window.samlightHarness = {
    async inPage(page, name, given) {
      const actor = browserOf(page).browsingContext.currentWindowGlobal.getActor("MarionetteCommands");
      const script = `return (async given => { ${beside[name]} })(arguments[0])`;
      return actor.executeScript(script, [given], { sandboxName: "system", timeout: 80_000 });
    },

    known: () => [...pages].filter(([, browser]) => browser.isConnected).map(([page, browser]) => [page, browser.currentURI?.spec]),

    tabs: () => gBrowser.tabs.map((tab) => number(tab.linkedBrowser)),

    /** The tab that a page or an extension opened, in whatever window. */
    opened: (url) =>
      showing("a tab", () => windows().flatMap((it) => it.gBrowser?.tabs ?? []).map((tab) => tab.linkedBrowser)
        .find((it) => it.currentURI?.spec === url), url),

    /** A new tab, in the container with this number if one is given. */
    open(container = 0) {
      const principal = Services.scriptSecurityManager.getSystemPrincipal();
      const tab = gBrowser.addTab("about:blank", { triggeringPrincipal: principal, userContextId: container });
      gBrowser.selectedTab = tab;
      return number(tab.linkedBrowser);
    },

    /**
     * Goes to an address; gives the error's name when the browser shows an error page instead. A new tab
     * tells late that it shows about:blank, which is not where it goes.
     */
    navigate(page, url) {
      const browser = browserOf(page);
      return new Promise((done) => {
        const listener = {
          QueryInterface: ChromeUtils.generateQI(["nsIWebProgressListener", "nsISupportsWeakReference"]),
          onLocationChange(progress, _request, location, flags) {
            if (!progress.isTopLevel || (location.spec === "about:blank" && url !== "about:blank")) return;
            browser.removeProgressListener(listener);
            done(flags & Ci.nsIWebProgressListener.LOCATION_CHANGE_ERROR_PAGE ? browser.documentURI?.spec ?? "an error page" : null);
          },
        };
        browser.addProgressListener(listener, Ci.nsIWebProgress.NOTIFY_LOCATION);
        browser.samlightListener = listener;
        browser.fixupAndLoadURIString(url, { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
      });
    },

    toFront(page) {
      const browser = browserOf(page);
      const tab = gBrowser.getTabForBrowser(browser);
      if (tab) gBrowser.selectedTab = tab;
      browser.focus();
    },

    async picture(page) {
      const bitmap = await browserOf(page).browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
      const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      return canvas.toDataURL("image/png").split(",")[1];
    },

    preferDark(page, dark) {
      browserOf(page).browsingContext.top.prefersColorSchemeOverride = dark ? "dark" : "light";
    },

    forceColors(page, forced) {
      browserOf(page).browsingContext.top.forcedColorsOverride = forced ? "active" : "none";
    },

    setSize(page, width, height) {
      const { style } = browserOf(page);
      for (const limit of ["min-", "", "max-"]) {
        style.setProperty(`${limit}width`, `${width}px`);
        style.setProperty(`${limit}height`, `${height}px`);
      }
    },

    async close(page) {
      const browser = browserOf(page);
      const tab = gBrowser.getTabForBrowser(browser);
      if (tab) gBrowser.removeTab(tab);
      else browser.closest("panel")?.hidePopup();
      await until("the page to close", () => !browser.isConnected);
    },

    /**
     * Errors and warnings of scripts and styles that come from below an address. Not what Firefox itself
     * remarks when a page goes while one of its calls to the browser is answered (`wrapPromise` of its
     * `ExtensionCommon`): no script can prevent that, and the first-run page is closed while it asks.
     */
    complaints: (origin) =>
      Services.console.getMessageArray()
        .filter((it) => it instanceof Ci.nsIScriptError && it.sourceName.startsWith(origin))
        .filter((it) => !/^Promise (resolved|rejected) (after context unloaded|while context is inactive)/.test(it.errorMessage))
        .map(({ errorMessage, sourceName, lineNumber, flags }) =>
          ({ text: `${errorMessage} (${sourceName}:${lineNumber})`, warning: (flags & Ci.nsIScriptError.warningFlag) !== 0 })),

    forgetCookies: () => Services.cookies.removeAll(),

    /** One window with one blank tab; nothing that a site has left. The extensions are gone already. */
    async tidy() {
      windows().filter((it) => it !== window).forEach((it) => it.close());
      SidebarController.hide();
      const kept = samlightHarness.open();
      gBrowser.tabs.filter((tab) => tab.linkedBrowser !== pages.get(kept)).forEach((tab) => gBrowser.removeTab(tab));
      await until("the other windows and tabs to go", () => windows().length === 1 && gBrowser.tabs.length === 1);
      const { CLEAR_COOKIES, CLEAR_ALL_CACHES, CLEAR_DOM_STORAGES } = Ci.nsIClearDataService;
      const left = await new Promise((done) =>
        Services.clearData.deleteData(CLEAR_COOKIES | CLEAR_ALL_CACHES | CLEAR_DOM_STORAGES, { onDataDeleted: done }));
      if (left) throw new Error(`of what the sites left some does not go: ${left}`);
      pages.forEach((_, page) => page !== kept && pages.delete(page));
      Services.console.reset();
    },

    clipboard() {
      const copied = Cc["@mozilla.org/widget/transferable;1"].createInstance(Ci.nsITransferable);
      copied.init(null);
      copied.addDataFlavor("text/plain");
      Services.clipboard.getData(copied, Services.clipboard.kGlobalClipboard);
      const value = {};
      copied.getTransferData("text/plain", value);
      return value.value.QueryInterface(Ci.nsISupportsString).data;
    },

    origin: (id) => `moz-extension://${policy(id).mozExtensionHostname}/`,

    backgroundState: (id) => policy(id).extension.backgroundState,

    /** As the browser does when the event page idles. */
    async stopBackground(id) {
      const { extension } = policy(id);
      if (extension.backgroundState === "stopped") return false;
      await extension.terminateBackground({ disableResetIdleForTest: true, ignoreDevToolsAttached: true });
      await until("the end of the event page", () => extension.backgroundState === "stopped");
      return true;
    },

    /** Gives or takes the origins of the manifest, as the browser's own page of add-ons does. */
    setHosts: (id, given) => samlightHarness.setSites(id, policy(id).extension.manifest.host_permissions, given),

    async setSites(id, origins, given) {
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      const { extension } = policy(id);
      await ExtensionPermissions[given ? "add" : "remove"](id, { permissions: [], origins }, extension);
      await until("the origins to change", () =>
        origins.every((it) => extension.allowedOrigins.patterns.some(({ pattern }) => pattern === it) === given));
    },

    /** As the browser's own page of add-ons does: the add-on starts anew. */
    async allowPrivate(id) {
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
      await ExtensionPermissions.add(id, { permissions: ["internal:privateBrowsingAllowed"], origins: [] });
      const addon = await AddonManager.getAddonByID(id);
      await addon.reload();
      await until("the add-on to see private windows", () => WebExtensionPolicy.getByID(id)?.privateBrowsingAllowed);
    },

    /** Presses a button of the browser's own question, when it has come. */
    async answerQuestion(allow) {
      const question = await until("a question", () => {
        const shown = PopupNotifications.panel.firstElementChild;
        return PopupNotifications.panel.state === "open" && shown?.id === "addon-webext-permissions-notification" && shown;
      });
      (allow ? question.button : question.secondaryButton).click();
      await until("the end of the question", () => PopupNotifications.panel.state === "closed");
    },

    /** Packs the extension in a folder and installs it in the profile; gives its id. */
    async installForGood(path) {
      const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
      const folder = await IOUtils.getFile(path);
      const manifest = await IOUtils.readJSON(PathUtils.join(path, "manifest.json"));
      const { id } = manifest.browser_specific_settings.gecko;
      if (!(await AddonManager.getAddonByID(id))) {
        const packed = Services.dirsvc.get("ProfD", Ci.nsIFile);
        packed.append("packed.xpi");
        const writer = Cc["@mozilla.org/zipwriter;1"].createInstance(Ci.nsIZipWriter);
        writer.open(packed, 0x02 | 0x08 | 0x20); // to be written, made, emptied
        const add = (inside, file) => {
          if (!file.isDirectory()) return writer.addEntryFile(inside, Ci.nsIZipWriter.COMPRESSION_NONE, file, false);
          for (const one of file.directoryEntries) add(inside ? `${inside}/${one.leafName}` : one.leafName, one);
        };
        add("", folder);
        writer.close();
        const install = await AddonManager.getInstallForFile(packed);
        await install.install();
      }
      await until("the extension to start", () => WebExtensionPolicy.getByID(id)?.extension?.backgroundState);
      return id;
    },

    /** Presses the toolbar button. */
    async popup(id, url) {
      const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
      const { extension } = policy(id);
      const action = ExtensionParent.apiManager.global.browserActionFor(extension);
      await inFront();
      // As the press does that this stands for.
      extension.tabManager.addActiveTabPermission(gBrowser.selectedTab);
      await action.openPopup(window, true);
      // The popup is loaded in a panel that never opens, and moved to another one when it is shown.
      const popups = () => [...document.querySelectorAll(".webextension-popup-browser")];
      const shown = () => popups().find((it) => it.closest("panel")?.state === "open");
      return showing("the popup", shown, url).catch((error) => {
        const panels = [...document.querySelectorAll("panel")].filter((it) => it.state !== "closed");
        const seen = panels.map((it) => `${it.id} is ${it.state}`).join(", ") || "no panel is open";
        const loaded = popups().map((it) => it.currentURI?.spec).join(", ") || "nothing";
        throw new Error(`${error.message}: ${seen}, loaded is ${loaded}`);
      });
    },

    /**
     * Opens the developer tools of the tab in front at the extension's panel, whose address begins with
     * `url`.
     */
    async developerTools(id, url) {
      const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
      const { gDevTools } = require("devtools/client/framework/devtools");
      const toolbox = await gDevTools.showToolboxForTab(gBrowser.selectedTab);
      const tool = await until("the extension's panel among the tools", () =>
        toolbox.getAdditionalTools().find(({ extensionId }) => extensionId === id));
      await toolbox.selectTool(tool.id);
      const shown = () => toolbox.getPanel(tool.id) && toolbox.doc.querySelector(`#toolbox-panel-iframe-${tool.id}`);
      const inside = () => shown()?.contentDocument?.querySelector("browser");
      return number(await until(`the panel at ${url}`, () => inside()?.currentURI?.spec.startsWith(url) && inside()));
    },

    async sidebar(id, url) {
      const widget = `${id.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_")}-sidebar-action`;
      await SidebarController.show(widget);
      return showing("the sidebar", () => SidebarController.browser?.contentDocument?.getElementById("webext-panels-browser"), url);
    },
  };
})();
