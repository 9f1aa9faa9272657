async () => {
    const form = document.querySelector('form[action="/checkout"]');
    const send = async () => (await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)),
    })).url;
    return Promise.all([send(), send()]);
}
