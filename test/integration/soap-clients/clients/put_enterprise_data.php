<?php
// Drives the whole upload dialogue of EnterpriseData with ext-soap, then fetches the answer.
// Arguments: address of the gateway, login, password, file of the package, exchange plan, code of the node.
[, $address, $login, $password, $path, $plan, $peer] = $argv;

$service = fn (string $name) => new SoapClient("$address/ws/$name?wsdl", [
    'login' => $login, 'password' => $password, 'cache_wsdl' => WSDL_CACHE_NONE,
    'soap_version' => SOAP_1_1, 'exceptions' => true,
]);
ini_set('default_socket_timeout', '120');

$upload = $service('EnterpriseDataUpload_1_0_1_1');
$answer = ['ping' => $upload->Ping()->return];
$tested = $upload->TestConnection();
$answer['connected'] = [$tested->return, $tested->ErrorMessage];

$fileId = bin2hex(random_bytes(16));
$parts = str_split(file_get_contents($path), 1024 * 1024);
foreach ($parts as $index => $part) {
    $put = $upload->PutFilePart(['FileID' => $fileId, 'PartNumber' => $index + 1, 'PartData' => $part]);
    if ($put->ErrorMessage !== '') {
        throw new Exception($put->ErrorMessage);
    }
}
$answer['parts'] = count($parts);
$begun = $upload->PutData(['FileID' => $fileId]);
$answer['begun'] = $begun->ErrorMessage;
$ended = $upload->PutDataActionResult(['OperationID' => $begun->OperationID]);
$answer['ended'] = [$ended->return, $ended->ErrorMessage];

$exchange = $service('EnterpriseDataExchange_1_0_1_1');
$prepared = $exchange->PrepareDataForGetting(['ExchangePlanName' => $plan, 'PeerCode' => $peer, 'PartSize' => 100]);
$result = $exchange->PrepareDataActionResult(['OperationID' => $prepared->OperationID])->return;
$answer['prepared'] = [$result->Status, $result->PartCount];
$packed = '';
for ($number = 1; $number <= $result->PartCount; $number++) {
    $packed .= $exchange->GetDataPart(['FileID' => $result->FileID, 'PartNumber' => $number])->return;
}
$answer['packed'] = substr($packed, 0, 2);
$confirmed = $exchange->ConfirmGettingFile(['FileID' => $result->FileID, 'ClearDataPool' => true]);
$answer['confirmed'] = $confirmed->ErrorMessage;
echo json_encode($answer, JSON_UNESCAPED_UNICODE), "\n";
