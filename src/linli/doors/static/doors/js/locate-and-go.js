// Asks the device for its position when its button is pressed, and sends the form with it:
//   <form data-locate-and-go hidden> <input type="hidden" data-lon> <input type="hidden" data-lat> <button data-wait data-failed> <p data-said>
for (const form of document.querySelectorAll("[data-locate-and-go]")) {
  if (!navigator.geolocation || !window.isSecureContext) continue;
  form.hidden = false;
  const button = form.querySelector("button");
  const said = form.querySelector("[data-said]");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    said.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.querySelector("[data-lon]").value = coords.longitude.toFixed(6);
        form.querySelector("[data-lat]").value = coords.latitude.toFixed(6);
        form.submit();
      },
      () => { said.textContent = button.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
